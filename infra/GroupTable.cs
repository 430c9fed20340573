using Amazon.CDK.AWS.DynamoDB;
using Amazon.CDK.AWS.IAM;
using Constructs;
using Attribute = Amazon.CDK.AWS.DynamoDB.Attribute;

namespace PushGateway.Infra;

/// <summary>The table of the groups, as described in <c>docs/groups.md</c>.</summary>
internal sealed class GroupTable : Construct
{
    private const string ExpiryIndex = "expiry";

    private readonly Table _table;

    public GroupTable(Construct scope, PrometheusPushGatewayProps props)
        : base(scope, "Groups")
    {
        _table = new Table(this, "Table", new TableProps
        {
            PartitionKey = new Attribute { Name = "path", Type = AttributeType.STRING },
            BillingMode = BillingMode.PAY_PER_REQUEST,
            TimeToLiveAttribute = "forget_at",
            PointInTimeRecovery = true,
            Encryption = props.EncryptionKey is null ? null : TableEncryption.CUSTOMER_MANAGED,
            EncryptionKey = props.EncryptionKey,
            RemovalPolicy = props.RemovalPolicy,
        });
        _table.AddGlobalSecondaryIndex(new GlobalSecondaryIndexProps
        {
            IndexName = ExpiryIndex,
            PartitionKey = new Attribute { Name = "expiry_shard", Type = AttributeType.NUMBER },
            SortKey = new Attribute { Name = "expires_at", Type = AttributeType.NUMBER },
            ProjectionType = ProjectionType.KEYS_ONLY,
        });
    }

    public ITable Table => _table;

    /// <summary>Allows showing the groups.</summary>
    public void GrantApi(IGrantable api)
    {
        Grant(api, _table.TableArn, "dynamodb:GetItem", "dynamodb:Scan");
        _table.EncryptionKey?.Grant(api, "kms:Decrypt", "kms:DescribeKey");
    }

    /// <summary>Allows keeping the groups, and finding those that expire.</summary>
    public void GrantWorker(IGrantable worker)
    {
        Grant(worker, _table.TableArn, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Scan");
        Grant(worker, $"{_table.TableArn}/index/{ExpiryIndex}", "dynamodb:Query");
        _table.EncryptionKey?.Grant(
            worker, "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo");
    }

    // The table's own Grant would include all of its indexes.
    private void Grant(IGrantable grantee, string arn, params string[] actions) => Amazon.CDK.AWS.IAM.Grant.AddToPrincipal(
        new GrantOnPrincipalOptions { Grantee = grantee, Actions = actions, ResourceArns = [arn], Scope = this });
}
