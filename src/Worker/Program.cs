using PushGateway.Hosting;
using PushGateway.Worker;

return await HostProgram.RunAsync(args, static args => Host.CreateApplicationBuilder(args).AddWorker().Build().RunAsync());
