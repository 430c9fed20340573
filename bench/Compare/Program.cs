using PushGateway.Bench.Compare;

// compare <folder for data> <wrk> <load.lua> <gateway> <gateway, Native AOT, or -> <pushgateway> <victoria-metrics> [matrix|memory|scaling]...
if (args is not [var folder, var wrk, var script, var gatewayProgram, var nativeProgram, var pushgatewayProgram, var victoriaProgram, .. var sections])
{
    await Console.Error.WriteLineAsync(
        "usage: compare <folder> <wrk> <load.lua> <gateway> <native gateway|-> <pushgateway> <victoria-metrics> [matrix|memory|scaling]...");
    return 2;
}

var load = new Load(wrk, script, folder);
var gateway = Server.Gateway("gateway", gatewayProgram);
Server[] native = nativeProgram == "-" ? [] : [Server.Gateway("gateway, Native AOT", nativeProgram)];
if (Runs("matrix"))
{
    var matrix = new Matrix(load, folder);
    await matrix.MeasureAsync(gateway, 0);
    await matrix.MeasureAsync(gateway, 1, 10, 10_000);
    foreach (var server in native)
    {
        await matrix.MeasureAsync(server, 0);
    }

    var victoria = Server.VictoriaMetrics(victoriaProgram);
    await matrix.MeasureAsync(victoria, 0);
    await matrix.MeasureAsync(victoria, 1, 10, 10_000);
    await matrix.MeasureAsync(Server.Pushgateway(pushgatewayProgram), 1, 10, 10_000);
    matrix.Print();
}

if (Runs("memory"))
{
    await new Memory(folder).MeasureAsync([gateway, .. native]);
}

if (Runs("scaling"))
{
    await new Scaling(load, folder).MeasureAsync(gateway);
}

return 0;

bool Runs(string section) => sections is [] || sections.Contains(section);
