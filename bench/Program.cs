using BenchmarkDotNet.Running;
using PushGateway.Bench;

BenchmarkSwitcher.FromAssembly(typeof(Inputs).Assembly).Run(args);
