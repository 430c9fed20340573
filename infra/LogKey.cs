using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.KMS;
using Constructs;

namespace PushGateway.Infra;

/// <summary>CloudWatch Logs encrypts with a key only when the key's own policy lets it.</summary>
internal static class LogKey
{
    /// <summary>Adds that to the policy, for the account's logs. The policy of an imported key stays as it is.</summary>
    public static void Allow(Construct scope, IKey? key)
    {
        var stack = Stack.Of(scope);
        key?.AddToResourcePolicy(new PolicyStatement(new PolicyStatementProps
        {
            Principals = [new ServicePrincipal($"logs.{stack.Region}.amazonaws.com")],
            Actions = ["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            // In a key's policy, this is the key.
            Resources = ["*"],
            Conditions = new Dictionary<string, object>
            {
                ["ArnLike"] = new Dictionary<string, object>
                {
                    ["kms:EncryptionContext:aws:logs:arn"] = $"arn:{stack.Partition}:logs:{stack.Region}:{stack.Account}:*",
                },
            },
        }));
    }
}
