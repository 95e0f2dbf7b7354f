<?php
// SPDX-License-Identifier: MPL-2.0
// What an application does with a document: send, extend, status, and its own duties.
declare(strict_types=1);

function country_of(?stdClass $prefixes, string $phone): ?string
{
    for ($digits = substr($phone, 1); $digits !== ''; $digits = substr($digits, 0, -1)) {
        if (isset($prefixes->$digits)) {
            return $prefixes->$digits;
        }
    }
    return null;
}

// What an address counts by: an IPv6 address by its first 64 bits, because whoever has one has all of those.
function network(string $ip): string
{
    return str_contains($ip, ':') ? bin2hex(substr(inet_pton($ip), 0, 8)) : $ip;
}

// Seconds until another code may be sent.
function wait_for(stdClass $limits, array $records, int $now): int
{
    [$phone, $profile] = $records;
    $bounds = [[$phone, 3600, $limits->per_phone_hour], [$phone, DAY, $limits->per_phone_day], [$profile, 3600, $limits->per_profile_hour]];
    if (isset($records[2])) {
        $bounds[] = [$records[2], 3600, $limits->per_ip_hour];
    }
    $wait = $phone->sends === [] ? 0 : max(0, end($phone->sends) + $limits->resend_after_seconds - $now);
    foreach ($bounds as [$record, $span, $most]) {
        $recent = array_values(array_filter($record->sends, fn ($sent) => $sent > $now - $span));
        if ($most !== null && count($recent) >= $most) {
            $wait = max($wait, $recent[count($recent) - $most] + $span - $now);
        }
    }
    return $wait;
}

function named(int $number, stdClass $route, string $outcome, array $more = []): array
{
    return ['outcome' => $outcome, 'route' => $number, 'vendor' => $route->vendor, 'channel' => $route->channel, ...$more];
}

function recipient(string $phone, ?string $ip): array
{
    return ['phone_e164' => $phone, 'phone_digits' => substr($phone, 1), 'recipient_ip' => $ip ?? ''];
}

function must(stdClass $route, string $duty): bool
{
    return in_array($duty, $route->application_must_enforce, true);
}

// The names of the records: the phone's, the profile's, and that of the address where it is known.
function whose(stdClass $document, Store $store, string $phone, ?string $ip = null): array
{
    $profile = $document->profile;
    return [$store->name($profile, 'phone', $phone), $store->name($profile), ...($ip === null ? [] : [$store->name($profile, 'ip', network($ip))])];
}

function send(stdClass $document, Store $store, string $phone, array $options): array
{
    $country = country_of($document->country_prefixes, $phone);
    $serves = fn (?array $countries) => $countries === null || in_array($country, $countries, true);
    $routes = array_filter($document->routes, fn ($route, $number) => ($options['route'] ?? $number) === $number && !$route->skipped
        && $serves($document->allowed_countries) && $serves($route->countries), ARRAY_FILTER_USE_BOTH);
    if ($routes === []) {
        return ['outcome' => 'not_allowed'];
    }
    $names = whose($document, $store, $phone, $options['ip']);
    [$wait, $serial, $last] = $store->change($names, function (array $records) use ($document, $store): array {
        $wait = wait_for($document->limits, $records, $store->now);
        if ($wait > 0) {
            return [$wait, 0, 0];
        }
        foreach ($records as $record) { // before the call: a send that cannot be counted must not happen
            $record->sends[] = $store->now;
        }
        $mine = $records[0];
        $mine->sending = ++$mine->serial;
        return [0, $mine->serial, $mine->challenge->number ?? -1];
    });
    if ($wait > 0) {
        return ['outcome' => 'limited', 'retry_after_seconds' => $wait];
    }
    $order = array_keys($routes);
    if ($options['resend'] && $document->resend_route === 'next') {
        $order = [...array_filter($order, fn ($number) => $number > $last), ...array_filter($order, fn ($number) => $number <= $last)];
    }
    [$result, $challenge, $refused] = [['outcome' => 'stop'], null, []];
    try {
        foreach ($order as $number) {
            $result = ['outcome' => 'stop']; // where the call is not made
            [$result, $challenge] = send_by($document, $store, $phone, $options, $number);
            if ($result['outcome'] !== 'next_route') {
                break;
            }
            tell("route $number {$result['vendor']} {$result['channel']}: next_route, {$result['answer']}");
            $refused[] = $result;
            $result = ['outcome' => 'next_route'];
        }
    } finally {
        $store->change($names, fn (array $records) => settle($records, $store->now, $result['outcome'], $challenge, $serial));
    }
    return $refused === [] ? $result : [...$result, 'refused' => $refused];
}

// Remember what came of a send, unless a newer one was quicker.
function settle(array $records, int $now, string $outcome, ?stdClass $challenge, int $serial): void
{
    [$mine, $old] = [$records[0], $records[0]->challenge];
    if (in_array($outcome, ['next_route', 'stop', 'already_active'], true)) { // nothing was sent
        foreach ($records as $record) {
            $record->sends = without($record->sends, $now);
        }
    }
    if ($mine->sending === $serial) {
        $mine->sending = 0;
    }
    $alive = $old !== null && $old->expires_at > $now;
    $newer = $old !== null && $old->serial > $serial;
    if (!$newer && (in_array($outcome, ['ok', 'pending', 'unknown'], true) || $outcome === 'already_active' && !$alive)) {
        $challenge->serial = $serial;
        $mine->challenge = $challenge;
    }
}

function without(array $times, int $at): array
{
    $found = array_search($at, $times, true);
    if ($found !== false) {
        unset($times[$found]);
    }
    return array_values($times);
}

// Send through one route: the result, and the challenge.
function send_by(stdClass $document, Store $store, string $phone, array $options, int $number): array
{
    $route = $document->routes[$number];
    $values = recipient($phone, $options['ip']);
    $code = '';
    need(!must($route, 'bind_recipient_ip') || $options['ip'] !== null, "route $number binds the code to the address of the recipient: give --ip");
    if (must($route, 'make_code')) {
        $characters = alphabet($document->code);
        for ($i = 0; $i < $document->code->length; $i++) {
            $code .= $characters[random_int(0, strlen($characters) - 1)];
        }
        $values['code'] = $code;
    }
    [$rule, $answer, $note] = perform($route->vendor, $route->send, $values, $options['locale'], $options['resend']);
    [$outcome, $kept] = [$rule->outcome, new stdClass()];
    if (in_array($outcome, ['ok', 'pending'], true)) {
        foreach ($route->send->keep ?? [] as $name => $pointer) {
            $entry = $store->keep($phone, $name, at($answer, $pointer));
            if ($entry !== null) {
                $kept->$name = $entry;
            } elseif (uses($route->verify, $name, true) || uses($route->extend, $name, true) || uses($route->status, $name, true)) {
                $outcome = 'unknown';
            }
        }
    }
    // With its route and code policy: the document may change before the code is typed.
    $challenge = (object) [
        'number' => $number, 'route' => $route, 'policy' => $document->code, 'outcome' => $outcome, 'kept' => $kept,
        'expires_at' => $store->now + $document->validity_seconds,
        'code' => $code !== '' && $outcome !== 'already_active' ? $store->mac($phone, 'code', $code) : '',
        'ip' => $options['ip'] === null ? '' : $store->mac($phone, 'ip', $options['ip']),
    ];
    return [named($number, $route, $outcome, ['answer' => $note]), $challenge];
}

// The challenge of a phone; null where there is none, or where another send is under way or was cut off.
function latest(stdClass $document, Store $store, string $phone): ?stdClass
{
    return $store->change([whose($document, $store, $phone)[0]], fn (array $records) => $records[0]->sending ? null : $records[0]->challenge);
}

// A later call of the route that sent the code, with what was kept of its answer.
function follow(string $phone, stdClass $challenge, string $verb, array $more = []): array
{
    [$route, $number] = [$challenge->route, $challenge->number];
    $values = array_map(fn ($entry) => $entry->value ?? '', (array) $challenge->kept);
    try {
        [$rule, $answer, $note] = perform($route->vendor, $route->$verb, [...$values, ...recipient($phone, null), ...$more]);
    } catch (Unfilled $unfilled) {
        if (has($route->send->keep ?? new stdClass(), $unfilled->placeholder)) {
            return named($number, $route, 'not_found'); // nothing was kept to ask with
        }
        throw $unfilled;
    }
    $left = isset($rule->remaining) ? at($answer, $rule->remaining) : null;
    $whole = $left instanceof Numeral && (string) (int) $left->plain() === $left->plain();
    // A later call has no other route to go to.
    $outcome = $rule->outcome === 'next_route' ? 'unknown' : $rule->outcome;
    return named($number, $route, $outcome, ['answer' => $note, ...($whole ? ['remaining' => (int) $left->plain()] : [])]);
}

function extend(stdClass $document, Store $store, string $phone, array $options): array
{
    $seconds = $options['values'][0];
    need(preg_match('/^[1-9][0-9]{0,8}$/D', $seconds) === 1, 'SECONDS must be a whole number above 0');
    $challenge = latest($document, $store, $phone);
    if ($challenge === null) {
        return ['outcome' => 'not_found'];
    }
    if ($challenge->route->extend === null) {
        return named($challenge->number, $challenge->route, 'stop');
    }
    $result = follow($phone, $challenge, 'extend', ['duration_seconds' => $seconds]);
    if ($result['outcome'] === 'ok') {
        $store->change([whose($document, $store, $phone)[0]], function (array $records) use ($challenge, $seconds): void {
            if (($records[0]->challenge->serial ?? null) === $challenge->serial) {
                $records[0]->challenge->expires_at += (int) $seconds;
            }
        });
    }
    return $result;
}

function status(stdClass $document, Store $store, string $phone): array
{
    $challenge = latest($document, $store, $phone);
    if ($challenge === null) {
        return ['outcome' => 'not_found'];
    }
    if ($challenge->route->status === null) {
        return named($challenge->number, $challenge->route, 'unavailable');
    }
    return follow($phone, $challenge, 'status');
}
