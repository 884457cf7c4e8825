/* A script is one step for Redis: no increment without its expiry, no number without its message, no look without what follows from it. */

export const incrementScript = `local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return n`;

export const publishScript = `local n = redis.call('INCR', KEYS[1])
redis.call('PUBLISH', ARGV[1], string.format('%.0f', n) .. ':' .. ARGV[2])
return n`;

/** KEYS: guard, key. ARGV: the guard's value, the value, its end. A SET with an end that is past would delete what is there. */
export const setWhileScript = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local left = ARGV[3] - now
if left <= 0 then return 1 end
if redis.call('GET', KEYS[2]) == ARGV[2] and redis.call('PTTL', KEYS[2]) > left then return 1 end
redis.call('SET', KEYS[2], ARGV[2], 'PXAT', ARGV[3])
return 1`;

/** ARGV: whether a value is expected, that value, the new one, its time to live. */
export const replaceScript = `local value = redis.call('GET', KEYS[1])
if ARGV[1] == '1' and value ~= ARGV[2] or ARGV[1] == '0' and value then return 0 end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
return 1`;

/**
 * For each key three arguments: amount, limit (empty: none), window. A counter is a hash of the fixed window's number, its count and the one before.
 * Gives allowed, count and reset per key; the same sums as in windows.ts.
 */
export const windowsScript = `local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local out = {}
for i, key in ipairs(KEYS) do
  local amount, limit, size = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local number = math.floor(now / size)
  local gone = now - number * size
  local held = redis.call('HMGET', key, 'n', 'c', 'p')
  local was, current, previous = tonumber(held[1]), tonumber(held[2]) or 0, tonumber(held[3]) or 0
  if was ~= number then
    previous = was == number - 1 and current or 0
    current = 0
  end
  local count = current + previous * (1 - gone / size)
  local allowed, reset = 1, size - gone
  if limit and amount > 0 and count + amount > limit then
    allowed = 0
    local room = limit - amount
    if room < 0 then
      reset = 2 * size - gone
    elseif room >= current then
      reset = size * (1 - (room - current) / previous) - gone
    else
      reset = size - gone + size * (1 - room / current)
    end
  elseif amount ~= 0 then
    current = math.max(0, current + amount)
    count = current + previous * (1 - gone / size)
    redis.call('HSET', key, 'n', number, 'c', current, 'p', previous)
    redis.call('PEXPIRE', key, 2 * size - gone)
  end
  out[3 * i - 2] = allowed
  out[3 * i - 1] = math.ceil(count)
  out[3 * i] = math.ceil(reset)
end
return out`;
