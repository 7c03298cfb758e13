-- Puts off, or brings nearer, when a room needs a tick; if it is still as whoever asks knows it, and it is due at all.
-- Returns 1 if so, else 0 with nothing changed: what came meanwhile has said itself when it falls due.
-- Both keys carry one hash tag, so they live in one slot.
local state    = KEYS[1] -- hash of commit.lua's: epoch, sequence
local due      = KEYS[2] -- sorted set of a partition: room by when it needs a tick [ms]
local epoch    = ARGV[1] -- [int] as whoever asks knows the room
local sequence = ARGV[2] -- [int] likewise: the newest notice
local at       = ARGV[3] -- [ms] or +inf: not until something happens
local room     = ARGV[4] -- [room]

local known = redis.call('HMGET', state, 'epoch', 'sequence')
if known[1] ~= epoch or known[2] ~= sequence then return 0 end
redis.call('ZADD', due, 'XX', at, room)
return 1
