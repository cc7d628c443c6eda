-- SPDX-License-Identifier: GPL-2.0
--
-- wrk's script of the demo: asks for LIMIT pages, each on a connection of its own, and counts the
-- answers by the real that the page names.   wrk ... -t1 -s count.lua URL -- LIMIT
-- wrk itself sleeps to the end of its time, so who waits for "enough" has to interrupt it.

local thread_of_all

function setup(thread)
	thread_of_all = thread
end

function init(args)
	wrk.headers["Connection"] = "close"
	limit = tonumber(args[1])
	got = 0
	count = { nobody = 0 }
end

function response(status, headers, body)
	if got == limit then
		return
	end
	local real = status == 200 and body:match("^I am (%w+)") or "nobody"

	count[real] = (count[real] or 0) + 1
	got = got + 1
	if got == limit then
		wrk.thread:stop()
		print("enough")
		io.flush()
	end
end

function done(summary, latency, requests)
	local e = summary.errors
	local count = thread_of_all:get("count")

	for real, n in pairs(count) do
		print("answers " .. real .. " " .. n)
	end
	print("errors connect " .. e.connect)
	print("errors read " .. e.read)
	print("errors write " .. e.write)
	print("errors timeout " .. e.timeout)
end
