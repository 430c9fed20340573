-- Pushes bodies in turn, to groups in turn, as fast as the answers come. After "--": method, path, number of groups, files with bodies.
-- In the path, {group} stands for the group's number.

local heads, tails, pushes = {}, {}, 0

function init(args)
    local method, path, groups = args[1], args[2], tonumber(args[3])
    for group = 1, groups do
        heads[group] = string.format(
            "%s %s HTTP/1.1\r\nHost: %s:%s\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: ",
            method, path:gsub("{group}", group), wrk.host, wrk.port)
    end
    for i = 4, #args do
        local file = assert(io.open(args[i], "rb"))
        local body = file:read("*a")
        file:close()
        tails[#tails + 1] = #body .. "\r\n\r\n" .. body
    end
end

function request()
    local group, round = pushes % #heads, math.floor(pushes / #heads)
    local tail = (pushes + round) % #tails
    pushes = pushes + 1
    return heads[group + 1] .. tails[tail + 1]
end

function done(summary, latency)
    io.write(string.format(
        "LOAD %d %d %d %d %.0f %.0f\n",
        summary.requests, summary.duration, summary.errors.status,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
