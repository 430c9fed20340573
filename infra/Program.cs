using Amazon.CDK;
using PushGateway.Infra;

// The example app: `npx aws-cdk synth` in this folder.
using var folder = new ThrowawayFolder();
try
{
    var app = new App();
    _ = new ExampleStack(app, "PushGateway");
    app.Synth();
    return 0;
}
catch (Exception exception) when (exception is ArgumentException or FileNotFoundException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
