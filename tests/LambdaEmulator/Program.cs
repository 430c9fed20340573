using System.Runtime.InteropServices;
using PushGateway.LambdaEmulator;

if (args.Contains("--help"))
{
    Console.WriteLine(EmulatorArguments.Usage);
    return 0;
}

AwsPathOptions options;
try
{
    options = EmulatorArguments.Parse(args);
}
catch (Exception exception) when (exception is ArgumentException or FileNotFoundException)
{
    await Console.Error.WriteLineAsync($"{exception.Message}\n\n{EmulatorArguments.Usage}");
    return 1;
}

var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

await using var path = await AwsPath.StartAsync(options);
Console.WriteLine($"""
    Push to      {path.FunctionUrl.Address}
    see it in    {path.Prometheus.Address}
    SQS          {path.Fauxqs.ServiceUrl}
    dead letters {path.DeadLetters.Url}

      echo 'temperature 21.5' | curl --data-binary @- {path.FunctionUrl.Address}metrics/job/kitchen
      curl --data-urlencode 'query=temperature' {path.Prometheus.Address}api/v1/query

    Ctrl-C ends everything.
    """);
await stopped.Task;
return 0;

void Stop(PosixSignalContext context)
{
    // Everything that was started must be ended before the process exits.
    context.Cancel = true;
    stopped.TrySetResult();
}
