namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>What a client is told to do, each in a run of its own. All but the last two are to one group: its job, and instance "host-1".</summary>
static class PushStep
{
    /// <summary>
    /// PUT: gauge <c>batch_load</c> 21.5, counter <c>batch_runs_total</c> 3, and histogram <c>batch_duration_seconds</c> with the
    /// buckets 0.1, 1 and 10 of 0.5 and 2.
    /// </summary>
    internal const string Push = "push";

    /// <summary>POST: <c>batch_load</c> 22.5.</summary>
    internal const string Add = "add";

    /// <summary>PUT: <c>batch_load</c> -3.</summary>
    internal const string Replace = "replace";

    /// <summary>DELETE.</summary>
    internal const string Delete = "delete";

    /// <summary>PUT, to each of <see cref="PushClient.Keys"/>: gauge <c>batch_key</c> 1, its label client being the job.</summary>
    internal const string Keys = "keys";

    /// <summary>DELETE, each of <see cref="PushClient.Keys"/>.</summary>
    internal const string Forget = "forget";
}
