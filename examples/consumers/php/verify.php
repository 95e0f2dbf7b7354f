<?php
// SPDX-License-Identifier: MPL-2.0
// What becomes of a code that a person typed.
declare(strict_types=1);

const ALPHABETS = [
    'digits' => '0123456789', 'upper_case' => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'lower_case' => 'abcdefghijklmnopqrstuvwxyz',
    'special_characters' => '!"#$%&\'()*+,./:;<=>?@[\\]^_`{|}~',
];

function alphabet(stdClass $policy): string
{
    return implode('', array_filter(ALPHABETS, fn ($kind) => $policy->$kind, ARRAY_FILTER_USE_KEY));
}

// The code a person typed, as it was sent; null where it cannot be one.
function normalise(string $typed, stdClass $policy): ?string
{
    $code = preg_replace('/[\s\p{Zs}\p{Pd}]/u', '', $typed); // spaces and hyphens
    $code = preg_replace_callback('/(?![0-9])\p{Nd}/u', fn ($found) => digit($found[0]), $code ?? '');
    $fits = strlen($code ?? '') === $policy->length && strspn($code, alphabet($policy)) === strlen($code);
    return $fits ? $code : null;
}

// Unicode keeps the digits of a script together, from zero to nine.
function digit(string $char): string
{
    $point = $first = unpack('N', iconv('UTF-8', 'UCS-4BE', $char))[1];
    while (preg_match('/\p{Nd}/u', iconv('UCS-4BE', 'UTF-8', pack('N', $first - 1)))) {
        $first--;
    }
    return (string) (($point - $first) % 10);
}

function verify(stdClass $document, Store $store, string $phone, array $options): array
{
    [$name, $most] = [whose($document, $store, $phone)[0], $document->max_wrong_attempts];
    [$challenge, $code, $decided] = $store->change([$name], function (array $records) use ($store, $phone, $options, $most): array {
        $record = $records[0];
        if ($record->sending || $record->challenge === null) {
            return [null, null, ['outcome' => 'not_found']];
        }
        $challenge = $record->challenge;
        $code = normalise($options['values'][0], $challenge->policy);
        $decided = judge($store, $record, $challenge, $phone, $code, $options['ip'], $most);
        $record->wrong[] = $store->now; // before the call: of codes that race, no more count than may be tried
        return [$challenge, $code, $decided === null ? null : tried($record, $store, $phone, $code, $challenge, $decided, $most)];
    });
    if ($decided !== null) {
        return $decided;
    }
    $result = ['outcome' => 'stop'];
    try {
        $result = follow($phone, $challenge, 'verify', ['code' => $code, 'recipient_ip' => $options['ip'] ?? '']);
    } finally {
        $result = $store->change([$name], fn (array $records) => tried($records[0], $store, $phone, $code, $challenge, $result, $most));
    }
    return $result;
}

// Count what came of a code, which counted as wrong until now.
function tried(stdClass $record, Store $store, string $phone, ?string $code, stdClass $challenge, array $result, int $most): array
{
    if ($result['outcome'] === 'ok') {
        $used = $store->mac($phone, 'code', $code);
        if (isset($record->used->$used)) { // somebody was quicker, and a code counts once
            return ['outcome' => 'wrong_code'] + $result;
        }
        $record->wrong = [];
        $record->used->$used = $challenge->expires_at;
        if (($record->challenge->serial ?? null) === $challenge->serial) {
            $record->challenge = null;
        }
    } elseif ($result['outcome'] !== 'wrong_code') {
        $record->wrong = without($record->wrong, $store->now);
    } elseif (must($challenge->route, 'max_wrong_attempts')) {
        $result['remaining'] ??= max(0, $most - count($record->wrong));
    }
    return $result;
}

// The duties of the application, then what the document expects; null where the vendor has to be asked.
function judge(Store $store, stdClass $record, stdClass $challenge, string $phone, ?string $code, ?string $ip, int $most): ?array
{
    [$route, $kept] = [$challenge->route, $challenge->kept];
    $verdict = fn (string $outcome) => named($challenge->number, $route, $outcome);
    if (must($route, 'max_wrong_attempts') && count($record->wrong) >= $most) {
        return $verdict('too_many_attempts');
    }
    if (must($route, 'validity') && $challenge->expires_at <= $store->now) {
        return $verdict('expired');
    }
    if ($code === null) {
        return $verdict('wrong_code');
    }
    $typed = $store->mac($phone, 'code', $code);
    if (must($route, 'single_use') && isset($record->used->$typed)) {
        return $verdict('wrong_code');
    }
    if (must($route, 'bind_recipient_ip') && !hash_equals($challenge->ip, $store->mac($phone, 'ip', $ip ?? ''))) {
        return $verdict('wrong_code');
    }
    if (must($route, 'verify_code') && $challenge->code === '') {
        return $verdict('not_found');
    }
    if (must($route, 'verify_code') && !hash_equals($challenge->code, $typed)) {
        return $verdict('wrong_code');
    }
    if ($route->verify === null) {
        return $verdict('ok');
    }
    $values = [...recipient($phone, $ip), 'code' => $code];
    foreach ($route->verify->expect ?? [] as $name => $placeholder) {
        if (!isset($kept->$name)) {
            return $verdict('not_found');
        }
        if (!$store->same($phone, $name, $kept->$name, $values[$placeholder] ?? '', $challenge->policy->length)) {
            return $verdict('wrong_code');
        }
    }
    // Found by phone alone, a code might be another profile's: not after an ok without its token.
    $lost = !every($route->send->keep ?? [], fn ($pointer, $name) => isset($kept->$name) || !uses($route->verify, $name));
    return $lost && !in_array($challenge->outcome, ['unknown', 'already_active'], true) ? $verdict('not_found') : null;
}
