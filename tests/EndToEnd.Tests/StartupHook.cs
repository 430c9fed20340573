using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PushGateway.EndToEnd.Tests;

/// <summary>
/// Runs in a process of the gateway before its own code, when DOTNET_STARTUP_HOOKS names this assembly. Gives it the clock that
/// <see cref="WrongClock"/> says.
/// </summary>
static class StartupHook
{
    public static void Initialize() =>
        DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
        {
            if (listener.Name == "Microsoft.Extensions.Hosting")
                listener.Subscribe(new Observer<KeyValuePair<string, object?>>(SetClock));
        }));

    static void SetClock(KeyValuePair<string, object?> step)
    {
        if (step is not { Key: "HostBuilding", Value: IHostBuilder builder })
            return;
        var ahead = TimeSpan.Parse(Environment.GetEnvironmentVariable(WrongClock.Variable)!, CultureInfo.InvariantCulture);
        builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(new WrongClock(ahead)));
    }

    sealed class Observer<T>(Action<T> next) : IObserver<T>
    {
        public void OnNext(T value) => next(value);

        public void OnError(Exception error)
        {
        }

        public void OnCompleted()
        {
        }
    }
}
