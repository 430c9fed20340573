using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.KMS;
using Constructs;

namespace PushGateway.Infra;

/// <summary>Lets CloudWatch Logs use a key. It encrypts with a key only when the key's own policy allows it.</summary>
internal static class LogKey
{
    /// <summary>Allows it for the account's logs. The policy of an imported key is not changed.</summary>
    public static void Allow(Construct scope, IKey? key)
    {
        var stack = Stack.Of(scope);
        key?.AddToResourcePolicy(new PolicyStatement(new PolicyStatementProps
        {
            Principals = [new ServicePrincipal($"logs.{stack.Region}.amazonaws.com")],
            Actions = ["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            // In a key's policy, "*" means the key itself.
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
