<?php
// SPDX-License-Identifier: MPL-2.0
// One call of a document: filled in, sent, and its answer judged.
declare(strict_types=1);

const DEFAULT_BASE_URLS = [
    "androidapi" => "https://androidapi.net/api",
    "myotp" => "https://api.myotp.app",
    "octopush" => "https://api.octopush.com/v1/public",
    "way2api" => "https://app.way2api.com/api/v1",
];
const ANSWER_LIMIT = 1 << 20;
// Names of languages that browsers and systems still use, and what they are called now.
const OLD_LANGUAGES = ['in' => 'id', 'iw' => 'he', 'ji' => 'yi', 'jw' => 'jv', 'mo' => 'ro', 'sh' => 'sr-latn', 'tl' => 'fil'];

// A placeholder without a value: the call is not made.
final class Unfilled extends Fault
{
    public function __construct(public readonly string $placeholder)
    {
        parent::__construct("$placeholder has no value");
    }
}

// What a JSON pointer finds where nothing is.
enum Nothing
{
    case Here;
}

// A number of an answer, as it is written: PHP would round the large ones.
final class Numeral
{
    public function __construct(public readonly string $text)
    {
    }

    // Without sign of how it was written: 482913 for 482913.0.
    public function plain(): string
    {
        if (preg_match('/^-?[0-9]+$/D', $this->text)) {
            $digits = ltrim($this->text, '-0');
            return $digits === '' ? '0' : ($this->text[0] === '-' ? '-' : '') . $digits;
        }
        $number = (float) $this->text;
        return floor($number) === $number && abs($number) < 2 ** 53 ? (string) (int) $number : $this->text;
    }
}

function canonical(string $tag): string
{
    $subtags = explode('-', strtolower($tag));
    $today = OLD_LANGUAGES[$subtags[0]] ?? $subtags[0];
    if (strlen($subtags[1] ?? '') === 4) {
        $today = explode('-', $today)[0]; // a script that the tag names stays
    }
    $subtags[0] = $today;
    return implode('-', $subtags);
}

// Longest match of a BCP 47 tag: fr-CA, then fr, then the default.
function by_locale(?stdClass $entries, string $locale): mixed
{
    $known = [];
    foreach ($entries ?? [] as $tag => $entry) {
        $known[canonical((string) $tag)] = $entry;
    }
    for ($subtags = explode('-', canonical($locale)); $subtags !== []; array_pop($subtags)) {
        if (isset($known[implode('-', $subtags)])) {
            return $known[implode('-', $subtags)];
        }
    }
    return $known[''] ?? null;
}

// Fill in every placeholder in one pass: what was filled in is not looked at again.
function fill(string $template, array $values): string
{
    return preg_replace_callback(PLACEHOLDER, function (array $found) use ($values): string {
        $value = $found[1] !== null ? getenv($found[1]) : $values[$found[2]] ?? '';
        if ($value === false || $value === '') {
            throw new Unfilled($found[1] ?? $found[2]);
        }
        return $value;
    }, $template, flags: PREG_UNMATCHED_AS_NULL);
}

// A field, at any depth.
function fill_field(mixed $field, array $values, string $encoding): mixed
{
    if (is_array($field)) {
        return array_map(fn ($inner) => fill_field($inner, $values, $encoding), $field);
    }
    if ($field instanceof stdClass) {
        return (object) array_map(fn ($inner) => fill_field($inner, $values, $encoding), (array) $field);
    }
    if (!is_string($field)) {
        return $field;
    }
    $filled = fill($field, $values);
    if ($encoding !== 'json' || !str_ends_with($field, ':number}}')) {
        return $filled;
    }
    need((string) (int) $filled === $filled, 'what is filled into a field is not a number');
    return (int) $filled;
}

function fill_fields(stdClass $call, array $values, string $locale, bool $resend): array
{
    $fields = array_replace((array) $call->fields, (array) (by_locale($call->by_locale ?? null, $locale) ?? []), $resend ? (array) ($call->resend ?? []) : []);
    if (isset($call->texts)) {
        $values['text'] = by_locale($call->texts, $locale);
    }
    ksort($fields, SORT_STRING);
    $filled = [];
    foreach ($fields as $name => $field) {
        try {
            $filled[$name] = fill_field($field, $values, $call->encoding);
        } catch (Unfilled $unfilled) {
            if (!in_array((string) $name, $call->omit_if_missing ?? [], true)) {
                throw $unfilled;
            }
        }
    }
    return $filled;
}

// Each placeholder is one segment, which leads to no other path.
function fill_path(string $path, array $values): string
{
    return preg_replace_callback(PLACEHOLDER, function (array $found) use ($values): string {
        $value = fill($found[0], $values);
        need($value !== '.' && $value !== '..', 'what is filled in would lead to another path');
        return rawurlencode($value);
    }, $path);
}

// Where the vendor is: https, or http on loopback, so that credentials go nowhere else.
function base_url(string $variable, string $vendor): string
{
    $url = getenv($variable) ?: DEFAULT_BASE_URLS[$vendor] ?? '';
    $parts = preg_match('/[@?#\s\\\\]/', $url) ? false : parse_url($url);
    $host = $parts['host'] ?? '';
    $loopback = in_array($host, ['localhost', '[::1]'], true) || preg_match('/^127(\.[0-9]+){3}$/D', $host);
    $scheme = $parts['scheme'] ?? '';
    need($host !== '' && ($scheme === 'https' || $scheme === 'http' && $loopback),
        "$variable must be an https URL, or http on loopback, without user or query");
    return rtrim($url, '/');
}

// The query, the body and its content type.
function encode(string $encoding, array $fields): array
{
    if ($encoding === 'json') {
        return ['', json_encode((object) $fields, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR), 'application/json'];
    }
    $pairs = [];
    foreach ($fields as $name => $value) {
        $pairs[] = urlencode((string) $name) . '=' . urlencode($value); // http_build_query would make a list of a[]
    }
    if ($encoding === 'form') {
        return ['', implode('&', $pairs), 'application/x-www-form-urlencoded'];
    }
    if ($encoding === 'query') {
        return ['?' . implode('&', $pairs), null, null];
    }
    $boundary = bin2hex(random_bytes(16));
    $body = '';
    foreach ($fields as $name => $value) {
        $body .= "--$boundary\r\nContent-Disposition: form-data; name=\"$name\"\r\n\r\n$value\r\n";
    }
    return ['', "$body--$boundary--\r\n", "multipart/form-data; boundary=$boundary"];
}

// Make one call: the rule that decided, the JSON of the answer and a note for the operator.
function perform(string $vendor, stdClass $call, array $values, string $locale = '', bool $resend = false): array
{
    preg_match('/^\$\{(.*?)\}(.*)$/', $call->url, $parts);
    [$query, $body, $type] = encode($call->encoding, fill_fields($call, $values, $locale, $resend));
    $headers = ['Accept: */*', 'Expect:', ...($type ? ["Content-Type: $type"] : [])];
    foreach ($call->headers ?? [] as $name => $template) {
        $value = fill($template, $values);
        need(!preg_match('/[\x00-\x1f\x7f]/', $value), "header $name holds a control character");
        $headers[] = "$name: $value";
    }
    $url = base_url($parts[1], $vendor) . fill_path($parts[2], $values) . $query;
    [$status, $raw, $fault] = exchange($call->method, $url, $headers, $body, $call->timeout_seconds ?? 30);
    if ($fault !== null) {
        return [(object) ['outcome' => $fault], Nothing::Here, $fault === 'next_route' ? 'no connection' : 'no answer'];
    }
    $answer = parse_answer($raw);
    foreach ($call->outcomes as $rule) {
        if (every($rule->when, fn ($condition) => holds($condition, $status, $answer))) {
            return [$rule, $answer, "HTTP $status"];
        }
    }
    return [(object) ['outcome' => 'unknown'], $answer, "HTTP $status"];
}

// One request on a connection of its own: no redirect, no proxy, no retry.
function exchange(string $method, string $url, array $headers, ?string $body, int $seconds): array
{
    $raw = '';
    $curl = curl_init();
    curl_setopt_array($curl, [
        CURLOPT_URL => $url, CURLOPT_CUSTOMREQUEST => $method, CURLOPT_HTTPHEADER => $headers, CURLOPT_TIMEOUT => $seconds,
        CURLOPT_PROXY => '', CURLOPT_NOPROXY => '*', CURLOPT_FOLLOWLOCATION => false, CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
        CURLOPT_FRESH_CONNECT => true, CURLOPT_FORBID_REUSE => true, CURLOPT_PATH_AS_IS => true, CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1,
        CURLOPT_WRITEFUNCTION => function ($curl, string $part) use (&$raw): int {
            $raw .= $part;
            return strlen($raw) > ANSWER_LIMIT ? 0 : strlen($part); // 0 ends it
        },
    ] + ($body === null ? [] : [CURLOPT_POSTFIELDS => $body]));
    curl_exec($curl);
    $code = curl_errno($curl);
    $secure = str_starts_with($url, 'https:');
    $connected = curl_getinfo($curl, $secure ? CURLINFO_APPCONNECT_TIME_T : CURLINFO_CONNECT_TIME_T) > 0;
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    curl_close($curl);
    return match (true) {
        $code !== 0 && !$connected => [0, '', 'next_route'], // refused, unknown name, TLS: nothing was sent
        $code !== 0 && strlen($raw) <= ANSWER_LIMIT || $status === 0 => [0, '', 'unknown'], // timeout, reset, not HTTP
        default => [$status, $raw, null],
    };
}

// The JSON of an answer, or Nothing: what is no JSON, or too long, has no pointers.
function parse_answer(string $raw): mixed
{
    $text = str_starts_with($raw, "\u{FEFF}") ? substr($raw, 3) : $raw;
    if (strlen($raw) > ANSWER_LIMIT || !preg_match('//u', $text)) {
        return Nothing::Here;
    }
    try {
        json_decode($text, false, 512, JSON_THROW_ON_ERROR);
        $numerals = preg_replace_callback('/"(?:[^"\\\\]++|\\\\.)*+"|-?[0-9][0-9.eE+-]*/', fn ($token) =>
            $token[0][0] === '"' ? $token[0] : "{\"\\u0001\":\"$token[0]\"}", $text);
        return numerals(json_decode($numerals, true, 1024, JSON_THROW_ON_ERROR));
    } catch (JsonException) {
        return Nothing::Here;
    }
}

function numerals(mixed $value): mixed
{
    if (!is_array($value)) {
        return $value;
    }
    return is_string($value["\1"] ?? null) ? new Numeral($value["\1"]) : array_map(numerals(...), $value);
}

// RFC 6901.
function at(mixed $value, string $pointer): mixed
{
    foreach (array_slice(explode('/', $pointer), 1) as $token) {
        $token = str_replace(['~1', '~0'], ['/', '~'], $token);
        $index = is_array($value) && array_is_list($value) && $value !== [];
        if (!is_array($value) || !array_key_exists($token, $value) || $index && !preg_match('/^(0|[1-9][0-9]*)$/D', $token)) {
            return Nothing::Here;
        }
        $value = $value[$token];
    }
    return $value;
}

// Whether a condition holds. JSON types are compared too: false is not 0, and 0 is not "0".
function holds(stdClass $condition, int $status, mixed $answer): bool
{
    if (isset($condition->http_status)) {
        return in_array($status, $condition->http_status, true);
    }
    $value = at($answer, $condition->pointer);
    if (isset($condition->absent)) {
        return $value === Nothing::Here;
    }
    if (isset($condition->prefix)) {
        return is_string($value) && str_starts_with($value, $condition->prefix);
    }
    foreach ($condition->in as $entry) {
        if (is_int($entry) ? $value instanceof Numeral && $value->plain() === (string) $entry : $value === $entry) {
            return true;
        }
    }
    return false;
}
