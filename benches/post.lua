-- wrk script: posts signed events from a file made by common.py, one request per line, each once.
-- wrk asks for one more before it begins, to look at it: that one is not sent.
local events, at = {}, -1
function init(args)
  for line in io.lines(args[1]) do
    local id, time, signature, body = line:match("^(%S+)\t(%S+)\t([^\t]+)\t(.*)$")
    events[#events + 1] = wrk.format("POST", nil, {
      ["Content-Type"] = "application/json", ["Host"] = wrk.host,
      ["webhook-id"] = id, ["webhook-timestamp"] = time, ["webhook-signature"] = signature }, body)
  end
end
function request()
  at = at + 1
  if at > #events then wrk.thread:stop() at = #events end
  return events[math.max(at, 1)]
end
