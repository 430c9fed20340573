# Applies a template to moto by CloudFormation, as far as moto goes, and prints what came of it as AWS' own API describes it.
#   python3 apply.py <endpoint> <region> <template.json>
# Prints one JSON object: left out, queues, tables, roles, functions, sources, rules; each but the first by logical id.
import io
import json
import sys
import zipfile

import botocore.session

endpoint, region, path = sys.argv[1:]
session = botocore.session.Session()
session.set_credentials("test", "test")

# What moto's CloudFormation does not make.
UNKNOWN = {"AWS::SQS::QueuePolicy", "AWS::Lambda::Url", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::CDK::Metadata"}


def client(service):
    return session.create_client(service, region_name=region, endpoint_url=endpoint)


def asset():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("bootstrap", "#!/bin/sh\n")
    return buffer.getvalue()


def references(node):
    if isinstance(node, list):
        return {id for item in node for id in references(item)}
    if not isinstance(node, dict):
        return set()
    own = {node["Ref"]} if "Ref" in node else {node["Fn::GetAtt"][0]} if "Fn::GetAtt" in node else set()
    return own | {id for item in node.values() for id in references(item)}


def leave_out(resources):
    """Takes out what moto does not know, and whatever refers to it."""
    out = {id for id, resource in resources.items() if resource["Type"] in UNKNOWN}
    while more := {id for id, resource in resources.items() if id not in out and references(resource) & out}:
        out |= more
    return {id: resources.pop(id) for id in out}


with open(path, encoding="utf-8") as file:
    template = json.load(file)
template.pop("Outputs")
left_out = leave_out(template["Resources"])

# What `cdk bootstrap` and the upload of the assets leave in the account.
account = client("sts").get_caller_identity()["Account"]
client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="21", Type="String")
bucket = f"cdk-hnb659fds-assets-{account}-{region}"
client("s3").create_bucket(Bucket=bucket)
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Lambda::Function":
        client("s3").put_object(Bucket=bucket, Key=resource["Properties"]["Code"]["S3Key"], Body=asset())

cloudformation = client("cloudformation")
cloudformation.create_stack(StackName="gateway", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])
made = cloudformation.describe_stack_resources(StackName="gateway")["StackResources"]
sqs, dynamodb, iam, functions, events = client("sqs"), client("dynamodb"), client("iam"), client("lambda"), client("events")


def each(kind):
    return {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in made if item.get("ResourceType") == kind}


def attributes(url):
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


# What moto's CloudFormation passes over is set by the services' own API.
urls, tables = each("AWS::SQS::Queue"), each("AWS::DynamoDB::Table")
for policy in (item["Properties"] for item in left_out.values() if item["Type"] == "AWS::SQS::QueuePolicy"):
    id = policy["Queues"][0]["Ref"]
    for statement in policy["PolicyDocument"]["Statement"]:
        statement["Resource"] = attributes(urls[statement["Resource"]["Fn::GetAtt"][0]])["QueueArn"]
    sqs.set_queue_attributes(QueueUrl=urls[id], Attributes={"Policy": json.dumps(policy["PolicyDocument"])})
for id, name in tables.items():
    properties = template["Resources"][id]["Properties"]
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification=properties["PointInTimeRecoverySpecification"]
    )

print(json.dumps(
    {
        "leftOut": sorted({item["Type"] for item in left_out.values()}),
        "queues": {id: attributes(url) for id, url in urls.items()},
        "tables": {
            id: {
                **dynamodb.describe_table(TableName=name)["Table"],
                **dynamodb.describe_time_to_live(TableName=name),
                **dynamodb.describe_continuous_backups(TableName=name),
            }
            for id, name in tables.items()
        },
        "roles": {
            id: [
                statement
                for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
                for statement in iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]["Statement"]
            ]
            for id, name in each("AWS::IAM::Role").items()
        },
        "functions": {id: functions.get_function_configuration(FunctionName=name) for id, name in each("AWS::Lambda::Function").items()},
        "sources": {
            id: functions.get_event_source_mapping(UUID=name) for id, name in each("AWS::Lambda::EventSourceMapping").items()
        },
        "rules": {id: events.describe_rule(Name=name) for id, name in each("AWS::Events::Rule").items()},
    },
    default=str,
))
