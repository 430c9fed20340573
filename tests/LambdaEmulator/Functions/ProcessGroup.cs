using System.Runtime.InteropServices;

namespace PushGateway.LambdaEmulator;

/// <summary>The processes of a sandbox: the bootstrap, which leads the group, and its children.</summary>
/// <param name="leader">The process id of the leader. It is also the group's id, as long as any process of the group lives.</param>
sealed class ProcessGroup(int leader)
{
    const int SigKill = 9;
    const int SigTerm = 15;
    const int SigCont = 18;
    const int SigStop = 19;

    /// <summary>Sends SIGSTOP. No thread of the group runs until <see cref="Thaw"/>.</summary>
    internal void Freeze() => Signal(SigStop);

    /// <summary>Sends SIGCONT.</summary>
    internal void Thaw() => Signal(SigCont);

    /// <summary>Sends SIGTERM to every process of the group. It takes effect when the group is thawed.</summary>
    internal void Terminate() => Signal(SigTerm);

    /// <summary>Sends SIGKILL to the leader, which may not lead its group yet, and to every process of the group, frozen or not.</summary>
    internal void Kill()
    {
        // The leader is killed first, so that it cannot make its group afterwards.
        _ = SendSignal(leader, SigKill);
        Signal(SigKill);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SendSignal(int processId, int signal);

    // The result is ignored: a group that is gone needs no signal.
    void Signal(int signal) => _ = SendSignal(-leader, signal);
}
