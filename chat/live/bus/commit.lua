-- Tells a room what was decided, if the room is still as it was when it was decided; else changes nothing.
-- Returns {status, revision, sequence, number, now}; status is one of
--   told    done and published
--   repeat  this ref was answered before; `number` is what its message got (0: it was none)
--   held    likewise, and the answer was that it waits; `number` is its draft
--   decided likewise, and it waits no more, nor has the room heard it
--   gone    there is no such room             behind  it knows less than the asking process was told
--   moved   another epoch or revision         late    Redis' clock is past the deadline
--   full    no seat is free                   fast    too many messages; `number` is the wait in ms
--   slow    too soon in slow mode; `number` is the wait in ms
--   crowded as many messages wait for a facilitator as may, of this person or in this room
--   exists  asked to create a room that is there and not behind

-- All keys carry one hash tag, so they live in one slot.
local state    = KEYS[1]  -- hash: epoch, revision, sequence, number, condition [sealed]; of a member, since:<member> (the
                          -- message their sitting began at) and changed:<member> (the notice that last changed their place);
                          -- of a room that was mended, mended -> "<epoch before> <told in it to who did> <sequence>";
                          -- of the newest notices but messages, trace:<slot> -> "<sequence> <how it begins>"
local places   = KEYS[2]  -- hash: member -> place [sealed]
local seated   = KEYS[3]  -- set: members seated
local authors  = KEYS[4]  -- hash: message number -> member; of a room that was mended also 0 -> those of before [packed],
                          -- and of what was taken back since: message number -> ''
local refs     = KEYS[5]  -- hash: <member>:<slot> -> ref=number, or ref=-draft, and behind it those of their two pages
                          -- before, separated by spaces; pace:<member>, slow:<member> -> ms
local ring     = KEYS[6]  -- sorted set: ring key by message number; ids only
local due      = KEYS[7]  -- sorted set of a partition: room by when it needs a tick [ms]
local channel  = KEYS[8]  -- where notices go
local word     = KEYS[9]  -- string: the sealed notice of a message (60 s), or a draft that is to wait [sealed]
local drafts   = KEYS[10] -- hash: draft -> "<ms since when it waits> <ms until when> <member> <slot of refs>"; ids only.
                          -- A draft's words are a key of their own, <this key>:<draft>
-- Only where what is said is kept, as everybody has agreed, and this changes it, also:
-- KEYS[11]                  sorted set: "<at ms> <bytes until here> <author> <folded, 0 or 1> <name>" by message number;
--                           ids only. A message's words are a key of their own, <this key>:<name>
-- KEYS[12]                  string: the message [sealed], for as long as is kept

-- ARGV[1]: numbers, as doubles: as arguments of their own, or written in digits, they would cost more than all else that
-- is read and packed for a message
local epoch,    -- [int] the room's epoch as the decision knew it; the new one when creating
      creating, -- [0|1] the room begins, or is mended
      revision, -- [int] what the decision was made on
      told,     -- [int] the highest sequence the asking process was told
      deadline, -- [ms] nothing happens after it
      raises,   -- [0|1] the decision can change somebody else's verdict
      every,    -- [ms] pace: one message each so often; 0: this command costs none
      burst,    -- [int] pace: so many at once
      slow,     -- [ms] slow mode: so long between two messages of one person; 0: none
      cap,      -- [int] people in the room; 0: nobody sits down by this
      forgets,  -- [int] the message to be forgotten; 0: none
      evict,    -- [int] ring messages up to this number make room
      wakes,    -- [ms] when the room needs a tick, as the asking process knows it; -1 if not
      ends,     -- [0|1] the room ends, and everything of it
      lives,    -- [ms] how long the room is remembered after its last change
      hears     -- [0|1] the connection this comes by is subscribed to the channel
      = struct.unpack('<dddddddddddddddd', ARGV[1])
local author   = ARGV[2] -- [member] of a message, else ''
local slot     = ARGV[3] -- [<member>:<slot>] where the ref is remembered, else ''
local ref      = ARGV[4] -- [ref] or ''
local room     = ARGV[5] -- [room]
local notice   = ARGV[6] -- [bytes] sealed; opaque here
-- For what changes more of the room than its counters, also:
local number0  = #ARGV > (KEYS[11] and 11 or 6) and tonumber(ARGV[7]) -- [int] creating: the number to go on from
-- and, each preceded by its count: member, changed, place … | member, changed, to forget … | members sitting down |
-- members rising | (changed: what the decision was made on)
-- members whose sitting begins | condition (0 or 1) | authors until now [packed] (0 or 1; creating only) |
-- <member>:<slot>, ref, number … of messages that may be asked for again (creating only) |
-- epoch before, sequence told in it to who mends the room (0 or 1 of these; creating only) |
-- draft, member, since when [ms], how long it may [ms], sealed (0 or 1 of these) | drafts that wait no more
-- With KEYS[11], the last five: the message to be kept [sealed] or '' | how long [ms] | the message that gets a content
-- note [int], 0: none | members whose messages go [separated by spaces] | [0|1] all of it is kept so long at most

creating, ends, hears = creating == 1, ends == 1, hears == 1
local function digits(whole) return string.format('%d', whole) end -- a number Redis would write by way of its logarithm

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', state, 'epoch', 'revision', 'sequence', 'number')
local sender = author ~= '' and author or string.match(slot, '^[^:]*') -- words said aside cost pace too
local pace, spoke = 'pace:' .. sender, 'slow:' .. sender
local remembered = {}
if slow > 0 then
  remembered = redis.call('HMGET', refs, slot, pace, spoke)
elseif slot ~= '' or every > 0 then -- what is not there is looked for longest
  remembered = redis.call('HMGET', refs, slot, pace)
end
local at, sequence, number = tonumber(known[2]) or 0, tonumber(known[3]) or 0, tonumber(known[4]) or 0
local function answer(status, extra) return {status, at, sequence, extra or number, now} end

local function answered(remembered) -- what this very ref was answered with, if it was
  for one, was in string.gmatch(remembered, '(%S+)=(%S+)') do
    if one == ref then return tonumber(was) end
  end
end
local function page_of(one) return (string.gsub(one, '%d+$', '')) end -- a page ends its refs with a counter
local function with_ref(ref, became, remembered) -- somebody's phone may ask again what they have not asked at their desk
  local kept, most = string.format('%s=%d', ref, became), 2
  for one, was in string.gmatch(remembered or '', '(%S+)=(%S+)') do
    if most > 0 and page_of(one) ~= page_of(ref) then
      kept, most = string.format('%s %s=%s', kept, one, was), most - 1
    end
  end
  return kept
end

if creating then
  if known[1] and sequence >= told then return answer('exists') end
  at, sequence, number = revision, told, number0
else
  if not known[1] then return answer('gone') end
  if tonumber(known[1]) ~= epoch then return answer('moved') end
  if sequence < told then return answer('behind') end
  local was = slot ~= '' and remembered[1] and answered(remembered[1])
  if was and was >= 0 then return answer('repeat', was) end
  if was then return answer(redis.call('HEXISTS', drafts, digits(-was)) == 1 and 'held' or 'decided', -was) end
  if at ~= revision then return answer('moved') end
end
if now > deadline then return answer('late') end

local next_arg = 8
local function list(width)
  if not number0 then return 1, 0 end
  local first, count = next_arg + 1, tonumber(ARGV[next_arg]) * width
  next_arg = first + count
  return first, first + count - 1
end
local put_from, put_to = list(3)
local drop_from, drop_to = list(2)
local sit_from, sit_to = list(1)
local rise_from, rise_to = list(1)
local begin_from, begin_to = list(1)
local condition_from, condition_to = list(1)
local authors_from, authors_to = list(1)
local refs_from, refs_to = list(3)
local mends_from, mends_to = list(2)
local waits_from, waits_to = list(5)
local settles_from, settles_to = list(1)

local function stands(member, changed) -- an arrival raises no revision, and must not be undone by what did not see it
  return creating or tonumber(redis.call('HGET', state, 'changed:' .. member) or 0) == tonumber(changed)
end
for i = put_from, put_to, 3 do if not stands(ARGV[i], ARGV[i + 1]) then return answer('moved') end end
for i = drop_from, drop_to, 2 do if not stands(ARGV[i], ARGV[i + 1]) then return answer('moved') end end
if cap > 0 and sit_to >= sit_from then
  local people, new = redis.call('SCARD', seated), 0
  for i = sit_from, sit_to do new = new + 1 - redis.call('SISMEMBER', seated, ARGV[i]) end
  if new > 0 and people + new > cap then return answer('full') end
end
local full_at
if every > 0 then -- a bucket, kept as the one moment it is full again (GCRA)
  full_at = math.max(tonumber(remembered[2]) or 0, now) + every
  if full_at - now > every * burst then return answer('fast', full_at - now - every * burst) end
end
if slow > 0 then
  local wait = (tonumber(remembered[3]) or 0) + slow - now
  if wait > 0 then return answer('slow', wait) end
end
for i = waits_from, waits_to, 5 do
  local here, own = 0, 0
  for _, one in ipairs(redis.call('HVALS', drafts)) do
    local until_, whose = string.match(one, '^%d+ (%d+) (%S+)')
    if tonumber(until_) > now then -- one that is over waits only for somebody to say so
      here, own = here + 1, own + (whose == ARGV[i + 1] and 1 or 0)
    end
  end
  if here >= 20 or own >= 3 then return answer('crowded') end
end

-- Ring keys are found through the ring's own index: same tag, same slot, and none may be missed.
local function forget(from, to)
  for _, key in ipairs(redis.call('ZRANGEBYSCORE', ring, from, to)) do redis.call('DEL', key) end
  redis.call('ZREMRANGEBYSCORE', ring, from, to)
end
local function settle() -- likewise: a draft's key is found through the index
  for _, draft in ipairs(redis.call('HKEYS', drafts)) do redis.call('DEL', drafts .. ':' .. draft) end
  redis.call('DEL', drafts)
end
if creating then -- what is left of an earlier state is sealed for its epoch and could never be opened
  forget('-inf', '+inf')
  settle()
  redis.call('DEL', state, places, seated, authors)
end
sequence, at = sequence + 1, at + raises
if author ~= '' then number = number + 1 end
local the_sequence, the_number = digits(sequence), digits(number)
if creating or raises > 0 then
  redis.call('HSET', state, 'epoch', digits(epoch), 'revision', at, 'sequence', the_sequence, 'number', the_number)
else
  redis.call('HSET', state, 'sequence', the_sequence, 'number', the_number)
end
if author == '' then -- by it a process sees that a failover has lost what it was told; a message is seen by its ring key
  redis.call('HSET', state, 'trace:' .. sequence % 64, the_sequence .. ' ' .. string.sub(notice, 1, 8))
end
for i = put_from, put_to, 3 do
  redis.call('HSET', places, ARGV[i], ARGV[i + 2])
  redis.call('HSET', state, 'changed:' .. ARGV[i], sequence)
end
for i = drop_from, drop_to, 2 do
  redis.call('HDEL', places, ARGV[i])
  redis.call('HDEL', state, 'changed:' .. ARGV[i], 'since:' .. ARGV[i])
end
for i = sit_from, sit_to do redis.call('SADD', seated, ARGV[i]) end
for i = rise_from, rise_to do redis.call('SREM', seated, ARGV[i]) end
for i = begin_from, begin_to do redis.call('HSET', state, 'since:' .. ARGV[i], number) end
for i = condition_from, condition_to do redis.call('HSET', state, 'condition', ARGV[i]) end
for i = authors_from, authors_to do redis.call('HSET', authors, 0, ARGV[i]) end
for i = refs_from, refs_to, 3 do
  redis.call('HSET', refs, ARGV[i], with_ref(ARGV[i + 1], ARGV[i + 2], redis.call('HGET', refs, ARGV[i])))
end
for i = mends_from, mends_to, 2 do
  redis.call('HSET', state, 'mended', string.format('%s %s %s', ARGV[i], ARGV[i + 1], the_sequence))
end

local told_notice = string.format('%d %d %d %d %d\n', epoch, at, sequence, number, now) .. notice
local refs_now = {}
local became = author ~= '' and number or 0
for i = waits_from, waits_to, 5 do
  local id, member, since, lasts, sealed = ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3]), ARGV[i + 4]
  became = -tonumber(id)
  redis.call('SET', word, sealed, 'PX', lasts)
  redis.call('HSET', drafts, id, string.format('%s %d %s %s', since, now + lasts, member, slot))
  redis.call('PEXPIRE', drafts, lives)
end
for i = settles_from, settles_to do
  if author ~= '' then -- the room hears it now: that is the answer to whoever asks again
    local its_slot = string.match(redis.call('HGET', drafts, ARGV[i]) or '', '(%S+)$') or ''
    local its_refs = redis.call('HGET', refs, its_slot) or ''
    local heard, found = string.gsub(its_refs, '=%-' .. ARGV[i] .. '%f[%D]', '=' .. the_number)
    if found > 0 then redis.call('HSET', refs, its_slot, heard) end
  end
  redis.call('DEL', drafts .. ':' .. ARGV[i])
  redis.call('HDEL', drafts, ARGV[i])
end
if slot ~= '' then refs_now = {slot, with_ref(ref, became, remembered[1])} end
if full_at then refs_now[#refs_now + 1], refs_now[#refs_now + 2] = pace, digits(full_at) end
if slow > 0 then refs_now[#refs_now + 1], refs_now[#refs_now + 2] = spoke, digits(now) end
if refs_now[1] then redis.call('HSET', refs, unpack(refs_now)) end
if author ~= '' then
  redis.call('HSET', authors, the_number, author)
  redis.call('SET', word, told_notice, 'PX', '60000')
  redis.call('ZADD', ring, the_number, word)
end
if forgets > 0 then
  forget(forgets, forgets)
  if redis.call('HEXISTS', authors, 0) == 1 then redis.call('HSET', authors, forgets, '')
  else redis.call('HDEL', authors, forgets) end
end
if KEYS[11] then
  local HISTORY_MESSAGES, HISTORY_BYTES = 1000, 1048576 -- of one meeting; the oldest go first
  local function kept_line(line) return string.match(line, '^(%d+) (%d+) (%S+) (%d) (%S+)$') end
  local function unkeep(line)
    local _, _, _, _, name = kept_line(line)
    redis.call('DEL', KEYS[11] .. ':' .. name)
    redis.call('ZREM', KEYS[11], line)
  end
  local function cut(lives) -- nothing is kept longer than this
    for _, line in ipairs(redis.call('ZRANGE', KEYS[11], 0, -1)) do
      local said, _, _, _, name = kept_line(line)
      local left = tonumber(said) + lives - now
      if left <= 0 then unkeep(line)
      elseif redis.call('PTTL', KEYS[11] .. ':' .. name) > left then redis.call('PEXPIRE', KEYS[11] .. ':' .. name, left) end
    end
  end
  local function keep(sealed, lives)
    local newest, total = redis.call('ZRANGE', KEYS[11], -1, -1)[1], 0
    if newest then total = select(2, kept_line(newest)) end
    total = total + #sealed
    local oldest = redis.call('ZRANGE', KEYS[11], 0, 0)[1]
    while oldest do
      local said, before = kept_line(oldest)
      local many = redis.call('ZCARD', KEYS[11]) >= HISTORY_MESSAGES
      if not many and total - before <= HISTORY_BYTES and said + lives > now then break end
      unkeep(oldest)
      oldest = redis.call('ZRANGE', KEYS[11], 0, 0)[1]
    end
    redis.call('SET', KEYS[12], sealed, 'PX', lives)
    local name = string.sub(KEYS[12], #KEYS[11] + 2)
    redis.call('ZADD', KEYS[11], number, string.format('%d %d %s 0 %s', now, total, author, name))
    redis.call('PEXPIRE', KEYS[11], lives)
  end
  local sealed, lives = ARGV[#ARGV - 4], tonumber(ARGV[#ARGV - 3])
  local folds, gone, cuts = ARGV[#ARGV - 2], ARGV[#ARGV - 1], ARGV[#ARGV] == '1'
  if cuts then cut(lives) end
  if sealed ~= '' then keep(sealed, lives) end
  if forgets > 0 then
    for _, line in ipairs(redis.call('ZRANGEBYSCORE', KEYS[11], forgets, forgets)) do unkeep(line) end
  end
  if folds ~= '0' then
    for _, line in ipairs(redis.call('ZRANGEBYSCORE', KEYS[11], folds, folds)) do
      local said, before, whose, _, name = kept_line(line)
      redis.call('ZREM', KEYS[11], line)
      redis.call('ZADD', KEYS[11], folds, string.format('%d %d %s 1 %s', said, before, whose, name))
    end
  end
  if gone ~= '' then
    for _, line in ipairs(redis.call('ZRANGE', KEYS[11], 0, -1)) do
      local _, _, whose = kept_line(line)
      if string.find(' ' .. gone .. ' ', ' ' .. whose .. ' ', 1, true) then unkeep(line) end
    end
  end
end
if evict > 0 then forget('-inf', evict) end
if ends then
  forget('-inf', '+inf')
  settle()
  redis.call('DEL', state, places, seated, authors, refs, ring)
  redis.call('ZREM', due, room)
elseif author == '' or number == 1 then
  for i = 1, 6 do redis.call('PEXPIRE', KEYS[i], lives) end
end
if author == '' and not ends then -- whoever has not heard all of it may know of less to come: they only bring it nearer
  local when = wakes >= 0 and wakes or '+inf'
  if told == sequence - 1 then redis.call('ZADD', due, when, room) else redis.call('ZADD', due, 'LT', when, room) end
end
-- Whoever asks tells itself by the answer. If it alone would hear it on the connection it asks by, nobody else is there.
if not hears or redis.call('PUBSUB', 'SHARDNUMSUB', channel)[2] ~= 1 then redis.call('SPUBLISH', channel, told_notice) end
return answer('told')
