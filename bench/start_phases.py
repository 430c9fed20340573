"""Sets a probe at each step of the functions' start, has them started, and prints the medians between the steps."""

import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

# What ends with the first call of a method (a regular expression for its symbol), in this order.
API = [
    ("main", "kernel, dynamic linker"),
    ("__managed__Main", "runtime"),
    ("WebApplication__CreateSlimBuilder_0", "modules and the program's own types"),
    ("GatewayServices__AddGateway", "web application builder: configuration, logging, services"),
    ("WebApplicationBuilder__Build", "settings and services of the gateway"),
    ("PushEndpoints__MapPushEndpoints", "container"),
    ("HostingAbstractionsHostExtensions__RunAsync", "endpoints"),
    ("LambdaServer__StartAsync", "host: pipeline and routes"),
    ("RuntimeApiClient__NextAsync", "server"),
    ("InvocationLoop__HandleAsync", "HTTP client; the first event is asked for, and is there"),
    ("PushAcceptor__AcceptAsync", "event to request, routing"),
    ("SqsPushQueue__EnqueueAsync", "body, parser, message"),
    (r"RuntimeApiClient__PostAsync_d__\d+__MoveNext", "SQS: client, credentials, signature, round trip"),
]

WORKER = [
    ("main", "kernel, dynamic linker"),
    ("__managed__Main", "runtime"),
    ("WorkerServices__AddWorker", "application builder: configuration, logging, services"),
    ("HostApplicationBuilder__Build", "settings and services of the worker"),
    ("HostingAbstractionsHostExtensions__RunAsync", "container"),
    ("RuntimeApiClient__NextAsync", "host"),
    ("InvocationLoop__HandleAsync", "HTTP client; the first event is asked for, and is there"),
    ("BatchHandler__HandleAsync", "event to messages"),
    (r"HttpSink__SendAsync_d__\d+__MoveNext", "decode, coalesce"),
    (r"RuntimeApiClient__PostAsync_d__\d+__MoveNext", "the sink: encode, round trip"),
]

GROUP = "pushgateway_start"


def executable_segments(binary):
    headers = subprocess.run(["readelf", "-lW", binary], capture_output=True, text=True, check=True).stdout
    for offset, address, size in re.findall(r"LOAD +0x(\w+) 0x(\w+) 0x\w+ 0x(\w+) 0x\w+ R E", headers):
        yield int(offset, 16), int(address, 16), int(size, 16)


def offset_of(binary, symbols, name):
    addresses = {
        address for address, symbol in symbols if not symbol.startswith("unbox_") and re.fullmatch(rf"(.*_)?{name}(<.*>)?", symbol)
    }
    if len(addresses) != 1:
        sys.exit(f"start-phases: {binary} has {len(addresses)} methods {name}")
    address = addresses.pop()
    for offset, start, size in executable_segments(binary):
        if start <= address < start + size:
            return address - start + offset
    sys.exit(f"start-phases: {name} is not in {binary}")


def probes(folder, project, steps):
    binary = (folder / f"{project.lower()}-x64" / "bootstrap").resolve()
    debug = folder / "build" / "bin" / f"PushGateway.{project}" / "release_linux-x64" / "native" / f"PushGateway.{project}.dbg"
    listing = subprocess.run(["nm", debug], capture_output=True, text=True, check=True).stdout
    symbols = [(int(line[:16], 16), line[19:]) for line in listing.splitlines() if line[17] in "tT"]
    return [f"p:{GROUP}/{project.lower()}_{i} {binary}:{offset_of(binary, symbols, name):#x}" for i, (name, _) in enumerate(steps)]


def read_starts(trace):
    starts = []
    for line in trace.splitlines():
        match = re.match(r".*-\d+ +\[\d+\] .*? (\d+\.\d+): (\w+):(.*)", line)
        if not match:
            continue
        time, event, rest = match.groups()
        if event == "sched_process_exec":
            if rest.split("filename=")[1].split()[0].endswith("/bootstrap"):
                starts.append({"exec": float(time)})
        elif starts:
            # The functions run one after another, and a probe knows only the thread.
            starts[-1].setdefault(event, float(time))
    return starts


def table(title, project, steps, starts):
    names = ["exec"] + [f"{project.lower()}_{i}" for i in range(len(steps))]
    complete = [start for start in starts if all(name in start for name in names)][1:]
    if not complete:
        missing = sorted(set(names).difference(*(start for start in starts if len(start) > 1 and names[1] in start)))
        sys.exit(f"start-phases: no start of {project} was seen whole; missing: {', '.join(missing)}")
    print(f"| {title} | ms | since the start |\n|---|---|---|")
    for before, after, (_, what) in zip(names, names[1:], steps):
        step = statistics.median((start[after] - start[before]) * 1000 for start in complete)
        total = statistics.median((start[after] - start["exec"]) * 1000 for start in complete)
        print(f"| {what} | {step:.1f} | {total:.1f} |")
    print()


def define(definitions, probe):
    # Not open(): a file of tracefs has no end to seek to.
    file = os.open(definitions, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(file, f"{probe}\n".encode())
    finally:
        os.close(file)


def main():
    tracing, runs, cold_start, hello, folder = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], Path(sys.argv[5])
    definitions = tracing / "uprobe_events"
    instance = tracing / "instances" / GROUP
    wanted = probes(folder, "Api", API) + probes(folder, "Worker", WORKER)
    instance.mkdir(exist_ok=True)
    try:
        for probe in wanted:
            define(definitions, probe)
        (instance / "events/sched/sched_process_exec/enable").write_text("1")
        (instance / "events" / GROUP / "enable").write_text("1")
        bootstraps = [str((folder / f"{function}-x64" / "bootstrap").resolve()) for function in ("api", "worker")]
        subprocess.run([cold_start, runs, hello, *bootstraps], check=True, stdout=subprocess.DEVNULL)
        starts = list(read_starts((instance / "trace").read_text()))
    finally:
        if (instance / "events" / GROUP).exists():
            (instance / "events" / GROUP / "enable").write_text("0")
        instance.rmdir()
        for probe in wanted:
            try:
                define(definitions, f"-:{probe.split()[0][2:]}")
            except OSError:
                pass  # It was never set.
    table("Api", "Api", API, starts)
    table("Worker", "Worker", WORKER, starts)


main()
