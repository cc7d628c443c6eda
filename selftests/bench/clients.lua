-- SPDX-License-Identifier: GPL-2.0
--
-- wrk's script of clients.sh: says in one line what it measured, in numbers. With the argument
-- "close" each request has a connection of its own.

function init(args)
	if args[1] == "close" then
		wrk.headers["Connection"] = "close"
	end
end

function done(summary, latency, requests)
	local e = summary.errors

	print(string.format("result %.1f %.0f %.0f %.0f %d",
		summary.requests / summary.duration * 1e6, latency:percentile(50),
		latency:percentile(90), latency:percentile(99),
		e.connect + e.read + e.write + e.status + e.timeout))
end
