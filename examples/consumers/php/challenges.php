<?php
// SPDX-License-Identifier: MPL-2.0
// What the server remembers: of each profile and phone the challenge and the counters, and the counters of addresses and of
// the whole profile. Everything that a person or a vendor must keep secret is in it as a keyed hash.
declare(strict_types=1);

const DAY = 86400;

// As a role that is not the one that reads the catalog; the store makes no table by itself.
const DDL = <<<SQL
    CREATE TABLE otp_challenges (name text PRIMARY KEY, record jsonb NOT NULL, stale bigint NOT NULL);
    CREATE INDEX otp_challenges_stale ON otp_challenges (stale);
    SQL;

function opened(string $where, ?int $now): Store
{
    $now ??= time();
    return preg_match('/^postgres(ql)?:/', $where) ? new PostgresStore($where, $now) : new FileStore($where, $now);
}

// Remembers records by name. A store offers change(), and nothing else touches what is remembered.
abstract class Store
{
    protected string $key;

    public function __construct(protected readonly string $where, public readonly int $now)
    {
        $this->key = getenv('OTP_CHALLENGES_KEY') ?: '';
        $this->open();
        $this->change([], fn () => null); // that it can be written is seen before anything is sent
    }

    abstract protected function open(): void;

    // Lets $work change the records of these names, and gives what it returns; other programs wait meanwhile.
    abstract public function change(array $names, callable $work): mixed;

    public function name(string ...$parts): string
    {
        return $this->mac('', 'record', implode("\0", $parts));
    }

    // A keyed hash: whoever reads the records without the key cannot try all codes, or phones.
    public function mac(string $phone, string $kind, string $value): string
    {
        return hash_hmac('sha256', implode("\0", [$phone, $kind, $value]), $this->key);
    }

    // An entry for a kept value; null where the answer holds nothing usable.
    public function keep(string $phone, string $name, mixed $value): ?stdClass
    {
        $number = $value instanceof Numeral;
        $text = $number ? $value->plain() : $value;
        if (!is_string($text) || $text === '') {
            return null;
        }
        return (object) (str_starts_with($name, 'secret_') ? ['number' => $number, 'mac' => $this->mac($phone, $name, $text)] : ['number' => $number, 'value' => $text]);
    }

    // Compare in constant time. A number lost its leading zeros, so the length counts too.
    public function same(string $phone, string $name, stdClass $entry, string $typed, int $length): bool
    {
        if ($entry->number && (strlen($typed) !== $length || !preg_match('/^[0-9]+$/D', $typed))) {
            return false;
        }
        $text = $entry->number ? (new Numeral($typed))->plain() : $typed;
        return hash_equals($entry->mac ?? $this->mac($phone, $name, $entry->value), $this->mac($phone, $name, $text));
    }
}

// One file, for one machine.
final class FileStore extends Store
{
    protected function open(): void
    {
        umask(0077); // for its owner only
        $path = "$this->where.key";
        if ($this->key === '' && !is_file($path) && ($file = @fopen($path, 'x')) !== false) {
            fwrite($file, bin2hex(random_bytes(32)));
            fclose($file);
        }
        $this->key = $this->key ?: (string) @file_get_contents($path);
        need($this->key !== '', "cannot use the challenges $this->where: there is no key");
    }

    public function change(array $names, callable $work): mixed
    {
        $lock = @fopen("$this->where.lock", 'c');
        need($lock !== false && flock($lock, LOCK_EX), "cannot use the challenges $this->where");
        $text = is_file($this->where) ? file_get_contents($this->where) : '{}';
        $records = json_decode($text);
        need($records instanceof stdClass, "cannot use the challenges $this->where: it is not well formed");
        foreach ($names as $name) {
            $records->$name ??= new stdClass();
        }
        foreach ($records as $record) {
            complete($record, $this->now);
        }
        $result = $work(array_map(fn ($name) => $records->$name, $names));
        $left = array_filter((array) $records, fn ($record) => stale($record) > 0);
        $next = tempnam(dirname($this->where), 'challenges');
        need($next !== false && file_put_contents($next, store_json((object) $left)) !== false && rename($next, $this->where), "cannot save the challenges $this->where");
        fclose($lock); // which lets the next one in
        return $result;
    }
}

// A table, for any number of servers. A row is locked for as long as it takes to count, never while a vendor is asked.
final class PostgresStore extends Store
{
    private ?PDO $database = null;

    protected function open(): void
    {
        need(strlen($this->key) >= 32, 'set OTP_CHALLENGES_KEY to 32 or more random characters, the same on every server');
    }

    public function change(array $names, callable $work): mixed
    {
        $this->database ??= postgres($this->where);
        try {
            $this->database->beginTransaction();
            $result = $this->transaction($names, $work);
            $this->database->commit();
            return $result;
        } catch (Throwable $error) {
            if ($this->database->inTransaction()) {
                $this->database->rollBack();
            }
            throw $error instanceof PDOException ? new Fault("cannot use the challenges in PostgreSQL: {$error->getCode()}; their table is\n" . DDL) : $error;
        }
    }

    private function run(string $query, array $values): array
    {
        $statement = $this->database->prepare($query);
        $statement->execute($values);
        return $statement->fetchAll(PDO::FETCH_NUM);
    }

    private function transaction(array $names, callable $work): mixed
    {
        $records = [];
        $sorted = $names;
        sort($sorted); // in one order, so that no two wait for each other
        foreach ($sorted as $name) {
            $this->run("INSERT INTO otp_challenges VALUES (?, '{}', 0) ON CONFLICT DO NOTHING", [$name]);
            [[$text]] = $this->run('SELECT record FROM otp_challenges WHERE name = ? FOR UPDATE', [$name]);
            $records[$name] = complete(json_decode($text), $this->now);
        }
        $result = $work(array_map(fn ($name) => $records[$name], $names));
        // What has become stale meanwhile goes as well, a few rows at a time.
        foreach ($this->run('SELECT name, record FROM otp_challenges WHERE stale <= ? LIMIT 100 FOR UPDATE SKIP LOCKED', [$this->now]) as [$name, $text]) {
            $records[$name] ??= complete(json_decode($text), $this->now);
        }
        foreach ($records as $name => $record) {
            if (stale($record) > 0) {
                $this->run('UPDATE otp_challenges SET record = ?, stale = ? WHERE name = ?', [store_json($record), stale($record), $name]);
            } else {
                $this->run('DELETE FROM otp_challenges WHERE name = ?', [$name]);
            }
        }
        return $result;
    }
}

function store_json(stdClass $value): string
{
    return json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
}

// A record with every key, without what is over. Credentials go when their challenge expires.
function complete(stdClass $record, int $now): stdClass
{
    foreach (['sends', 'wrong'] as $key) {
        $record->$key = array_values(array_filter($record->$key ?? [], fn ($at) => $at > $now - DAY));
    }
    $record->used = (object) array_filter((array) ($record->used ?? []), fn ($until) => $until > $now);
    $record->serial ??= 0; // counts the sends, so that a late answer does not replace a newer challenge
    $record->sending ??= 0; // the send whose outcome is not known yet, or never was
    $record->challenge ??= null;
    if ($record->challenge !== null && $record->challenge->expires_at <= $now) {
        $record->challenge->kept = (object) array_filter((array) $record->challenge->kept, fn ($entry) => !isset($entry->mac));
        $record->challenge->code = $record->challenge->ip = '';
        if ($record->challenge->expires_at <= $now - DAY) {
            $record->challenge = null;
        }
    }
    return $record;
}

// When something of a record is over next, in Unix seconds; 0: nothing is left.
function stale(stdClass $record): int
{
    $ends = array_values((array) $record->used);
    foreach ([...array_slice($record->sends, 0, 1), ...array_slice($record->wrong, 0, 1)] as $at) {
        $ends[] = $at + DAY;
    }
    if ($record->challenge !== null) {
        $secret = $record->challenge->code !== '' || $record->challenge->ip !== '' || !every($record->challenge->kept, fn ($entry) => !isset($entry->mac));
        $ends[] = $record->challenge->expires_at + ($secret ? 0 : DAY);
    }
    return $ends === [] ? 0 : min($ends);
}
