using System.Net;
using Amazon;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace PushGateway.Simulation.Aws;

/// <summary>A worker's client of DynamoDB, with the time that its retries take. A call that was on its way when the worker died takes effect.</summary>
internal sealed class WorkerTable(Table table, Life life, World world) : AmazonDynamoDBClient(new AnonymousAWSCredentials(), RegionEndpoint.USEast1)
{
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(40);

    public override Task<GetItemResponse> GetItemAsync(GetItemRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(() => new GetItemResponse { Item = table.Get(request.Key) }, cancellationToken);

    public override Task<PutItemResponse> PutItemAsync(PutItemRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(
            () =>
            {
                table.Put(request);
                return new PutItemResponse();
            },
            cancellationToken);

    public override Task<UpdateItemResponse> UpdateItemAsync(UpdateItemRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(
            () =>
            {
                table.Update(request);
                return new UpdateItemResponse();
            },
            cancellationToken);

    public override Task<ScanResponse> ScanAsync(ScanRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(() => table.Scan(request), cancellationToken);

    public override Task<QueryResponse> QueryAsync(QueryRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(() => table.Query(request), cancellationToken);

    private async Task<T> CallAsync<T>(Func<T> call, CancellationToken cancellationToken)
        where T : class
    {
        var answered = new TaskCompletionSource();
        T? answer = null;
        Exception? failure = null;
        world.After(world.Between(0.5, 5), () =>
        {
            var wait = world.Between(0.5, 5);
            switch (table.Failing)
            {
                case TableFailure.Throttles:
                    (failure, wait) = (new ProvisionedThroughputExceededException("too many calls"), RetryTime);
                    break;
                case TableFailure.Hangs:
                    (failure, wait) = (new TimeoutException("no answer"), Timeout);
                    break;
                case TableFailure.Fails:
                    (failure, wait) = (new InternalServerErrorException("failed") { StatusCode = HttpStatusCode.InternalServerError }, RetryTime);
                    break;
                default:
                    TakeEffect();
                    break;
            }

            world.After(wait, () => life.Signal(answered));
        });
        await answered.Task.WaitAsync(cancellationToken);
        return failure is null ? answer! : throw failure;

        void TakeEffect()
        {
            try
            {
                answer = call();
            }
            catch (ConditionalCheckFailedException exception)
            {
                failure = exception;
            }

            if (world.Random.NextDouble() < table.LostAnswers)
            {
                failure = new HttpRequestException("the connection was closed");
            }
        }
    }
}
