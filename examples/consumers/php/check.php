<?php
// SPDX-License-Identifier: MPL-2.0
// A document is refused where its contract does not hold, whole and before anything is sent.
declare(strict_types=1);

const VERBS = [
    'send' => ['ok', 'pending', 'already_active', 'next_route', 'unknown', 'stop'],
    'verify' => ['ok', 'wrong_code', 'expired', 'not_found', 'too_many_attempts', 'stop', 'unknown'],
    'extend' => ['ok', 'not_found', 'stop', 'unknown'],
    'status' => ['delivered', 'pending', 'failed', 'not_found', 'unavailable', 'unknown'],
];
const DUTIES = ['make_code', 'verify_code', 'validity', 'max_wrong_attempts', 'bind_phone', 'single_use',
    'bind_recipient_ip', 'allowed_countries', 'send_limits'];
const RECIPIENT = ['phone_e164', 'phone_digits', 'recipient_ip'];
const TAKEN = [...RECIPIENT, 'text', 'code', 'duration_seconds'];
// Headers that say where a request goes and where it ends.
const OWN_HEADERS = ['host', 'content-length', 'content-type', 'transfer-encoding', 'connection', 'keep-alive', 'te', 'trailer',
    'upgrade', 'expect'];
const SEGMENT = '[A-Za-z0-9._~-]*[A-Za-z0-9_~-][A-Za-z0-9._~-]*'; // of a path, and not only dots
// ${VARIABLE}, {{name}} or {{name:number}}. Other braces are the vendor's own.
const PLACEHOLDER = '/\$\{([^}]*)\}|\{\{([a-z][a-z0-9_]*)(:number)?\}\}/';
const POINTER = '(\/([^~\/]|~[01])*)+';

function need(bool $condition, string $otherwise): void
{
    if (!$condition) {
        throw new Fault($otherwise);
    }
}

function matches(mixed $value, string $pattern): bool
{
    return is_string($value) && preg_match("/^(?:$pattern)$/D", $value) === 1;
}

function whole(mixed $value, int $least, int $most = 2147483647): bool
{
    return is_int($value) && $least <= $value && $value <= $most;
}

function every(array|stdClass $values, callable $holds): bool
{
    foreach ($values as $key => $value) {
        if (!$holds($value, (string) $key)) {
            return false;
        }
    }
    return true;
}

function names(mixed $value): bool
{
    return is_array($value) && $value !== [] && every($value, fn ($name) => is_string($name) && $name !== '');
}

function countries(mixed $value): bool
{
    return $value === null || names($value) && every($value, fn ($country) => matches($country, '[A-Z]{2}'));
}

function has(object $object, string $key): bool
{
    return property_exists($object, $key);
}

// Refuse what does not keep the contract, before anything is sent. Keys that this program does not know are ignored, unless
// the document requires them. What is missing raises a warning, which main turns into an ErrorException.
function check(mixed $document, string $name): void
{
    need($document instanceof stdClass && $document->schema_version === 1, 'this program reads schema_version 1 only');
    need(!has($document, 'requires'), 'it requires what this program does not know');
    need($document->profile === $name && matches($name, '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'), 'it belongs to another profile');
    [$code, $limits, $prefixes] = [$document->code, $document->limits, $document->country_prefixes];
    need($code instanceof stdClass && $limits instanceof stdClass, 'code, or limits');
    $kinds = [$code->digits, $code->upper_case, $code->lower_case, $code->special_characters];
    need(whole($code->length, 3, 32) && every($kinds, fn ($kind) => is_bool($kind)) && in_array(true, $kinds, true), 'its code policy allows no code');
    need(is_string($document->brand) && whole($document->validity_seconds, 1), 'brand, or validity_seconds');
    need(whole($document->max_wrong_attempts, 1, 100), 'max_wrong_attempts');
    foreach (['resend_after_seconds' => 0, 'per_phone_hour' => 1, 'per_phone_day' => 1, 'per_ip_hour' => 1, 'per_profile_hour' => 1] as $limit => $least) {
        $none = $limits->$limit === null && in_array($limit, ['per_ip_hour', 'per_profile_hour'], true);
        need($none || whole($limits->$limit, $least), "limits.$limit");
    }
    need(countries($document->allowed_countries), 'allowed_countries');
    need($prefixes === null || $prefixes instanceof stdClass && every($prefixes, fn ($country, $digits) =>
        matches($digits, '[1-9][0-9]{0,14}') && countries([$country])), 'country_prefixes');
    need(in_array($document->resend_route, ['same', 'next'], true), 'resend_route');
    need(is_array($document->routes) && $document->routes !== [], 'it has no route');
    foreach ($document->routes as $number => $route) {
        $at = "route $number";
        need($route instanceof stdClass, $at);
        $calls = array_filter(array_keys(VERBS), fn ($verb) => ($route->$verb ?? null) instanceof stdClass);
        $route->skipped = false;
        foreach ($calls as $verb) {
            if (has($route->$verb, 'requires')) {
                need(names($route->$verb->requires), "$at: requires");
                $route->skipped = true;
            }
        }
        if ($route->skipped) {
            tell("$at: it requires what this program does not know, and is skipped");
            continue;
        }
        $duties = $route->application_must_enforce;
        need(matches($route->vendor, '[a-z0-9]+') && matches($route->channel, '[a-z][a-z0-9_]{0,31}'), "$at: vendor, or channel");
        need(countries($route->countries), "$at: countries");
        // To ignore a duty is insecure.
        need(is_array($duties) && every($duties, fn ($duty) => in_array($duty, DUTIES, true)), "$at has a duty that this program does not know");
        need(every(array_keys(VERBS), fn ($verb) => $route->$verb === null || in_array($verb, $calls, true)) && $route->send !== null,
            "$at has no send, or a call that is none");
        need($route->verify !== null || in_array('verify_code', $duties, true), "$at: nobody verifies its codes");
        need(in_array('make_code', $duties, true) || !in_array('verify_code', $duties, true), "$at: verify_code without make_code");
        foreach ($calls as $verb) {
            check_call("$at, $verb", $route, $verb, $route->$verb);
        }
    }
}

function check_call(string $at, stdClass $route, string $verb, stdClass $call): void
{
    need(in_array($call->method, ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], true), "$at: method");
    need(in_array($call->encoding, ['json', 'multipart', 'form', 'query'], true), "$at: encoding");
    need(!has($call, 'timeout_seconds') || whole($call->timeout_seconds, 1), "$at: timeout_seconds");
    foreach (['headers', 'texts', 'by_locale', 'resend', 'keep', 'expect'] as $key) {
        need(!has($call, $key) || $call->$key instanceof stdClass, "$at: $key");
    }
    need(!has($call, 'omit_if_missing') || names($call->omit_if_missing), "$at: omit_if_missing");
    $kept = array_map('strval', array_keys((array) ($route->send->keep ?? [])));
    $known = RECIPIENT;
    if (has($call, 'texts')) {
        $known[] = 'text';
    }
    if ($verb === 'verify' || $verb === 'send' && in_array('make_code', $route->application_must_enforce, true)) {
        $known[] = 'code';
    }
    if ($verb === 'extend') {
        $known[] = 'duration_seconds';
    }
    if ($verb !== 'send') {
        array_push($known, ...$kept);
    }

    $variable = 'OTP_' . strtoupper($route->vendor) . '(_[A-Z0-9]([A-Z0-9_]*[A-Z0-9])?)?_'; // the vendor's own, of any account
    $check = function (string $template, bool $number) use ($at, $known, $variable): void {
        need(!str_contains(preg_replace(PLACEHOLDER, '', $template), '${'), "$at: variable without end");
        preg_match_all(PLACEHOLDER, $template, $all, PREG_SET_ORDER | PREG_UNMATCHED_AS_NULL);
        foreach ($all as [$found, $secret, $name, $as_number]) {
            $filled = $secret !== null ? matches($secret, $variable . '(SECRET|API_KEY|API_LOGIN)') : in_array($name, $known, true);
            need($filled, "$at: nobody fills in " . ($secret ?? $name));
            need($as_number === null || $number && $found === $template && !in_array($name, ['code', 'phone_e164', 'phone_digits'], true),
                "$at: $name cannot be a number");
        }
    };
    // A path has to follow the variable, so that nothing can be added to the host name.
    need(matches($call->url, '\$\{' . $variable . 'BASE_URL\}(\/(' . SEGMENT . '|\{\{[a-z][a-z0-9_]*\}\}))+'),
        "$at: url is not a base URL of this vendor and a path");
    $check(path_of($call), false);
    $seen = [];
    foreach ($call->headers ?? [] as $header => $template) {
        $usual = strtolower((string) $header);
        need(matches((string) $header, '[A-Za-z0-9-]+') && !in_array($usual, [...OWN_HEADERS, ...$seen], true), "$at: header");
        need(is_string($template) && !preg_match('/[\x00-\x1f\x7f]/', $template), "$at: header");
        $seen[] = $usual;
        $check($template, false);
    }
    foreach (field_sets($call) as $fields) {
        need($fields instanceof stdClass, "$at: fields");
        foreach ($fields as $field => $value) {
            need(matches((string) $field, '[A-Za-z0-9_.\[\]-]{1,128}'), "$at: the name of a field");
            need(is_string($value) || $call->encoding === 'json' && plain($value), "$at: field $field");
            foreach (texts_of($value) as $template) {
                $check($template, $call->encoding === 'json');
            }
        }
    }
    need(!has($call, 'texts') || has($call->texts, '') && every($call->texts, fn ($text) => is_string($text)), "$at: texts");
    need(every($call->keep ?? [], fn ($pointer, $name) => matches($name, '[a-z][a-z0-9_]*') && !in_array($name, TAKEN, true) && matches($pointer, POINTER)), "$at: keep");
    need(every($call->expect ?? [], fn ($against, $name) => $verb === 'verify' && in_array($name, $kept, true) && in_array($against, $known, true)), "$at: expect");

    $rules = $call->outcomes;
    need(is_array($rules) && $rules !== [] && end($rules)->when === [], "$at: the last outcome has conditions");
    need($verb !== 'verify' || end($rules)->outcome !== 'ok', "$at: every other answer would let the person in");
    foreach ($rules as $number => $rule) {
        need($rule instanceof stdClass && in_array($rule->outcome, VERBS[$verb], true), "$at: an outcome that is none of this call");
        need(is_array($rule->when) && ($rule->when !== [] || $number === count($rules) - 1), "$at: when");
        need(!has($rule, 'remaining') || matches($rule->remaining, POINTER), "$at: remaining");
        foreach ($rule->when as $condition) {
            check_condition($at, $condition);
        }
    }
}

// Exactly one form: what is not understood must not pass for what holds.
function check_condition(string $at, stdClass $condition): void
{
    $forms = array_values(array_filter(['http_status', 'in', 'prefix', 'absent'], fn ($form) => has($condition, $form)));
    need(count($forms) === 1 && has($condition, 'pointer') !== ($forms[0] === 'http_status'), "$at: a condition of no form");
    need(!has($condition, 'pointer') || matches($condition->pointer, POINTER), "$at: pointer");
    $value = $condition->{$forms[0]};
    need(match ($forms[0]) {
        'http_status' => is_array($value) && $value !== [] && every($value, fn ($status) => whole($status, 100, 599)),
        'in' => is_array($value) && $value !== [] && every($value, fn ($entry) => is_string($entry) || is_int($entry) || is_bool($entry)),
        'prefix' => is_string($value) && $value !== '',
        'absent' => $value === true,
    }, "$at: {$forms[0]}");
}

// A value of a JSON field: never null, and no number that not every language can hold.
function plain(mixed $value): bool
{
    if (is_array($value) || $value instanceof stdClass) {
        return every($value, fn ($inner) => plain($inner));
    }
    return is_string($value) || is_bool($value) || whole($value, -2 ** 53 + 1, 2 ** 53 - 1);
}

function path_of(stdClass $call): string
{
    return substr($call->url, strpos($call->url, '}') + 1);
}

function field_sets(stdClass $call): array
{
    return [$call->fields, $call->resend ?? new stdClass(), ...array_values((array) ($call->by_locale ?? []))];
}

// The strings of a field, at any depth.
function texts_of(mixed $value): array
{
    if (is_string($value)) {
        return [$value];
    }
    return is_array($value) || $value instanceof stdClass ? array_merge([], ...array_map('texts_of', array_values((array) $value))) : [];
}

// Whether a call uses a kept value; with $may_omit, whether it cannot be made without.
function uses(?stdClass $call, string $name, bool $may_omit = false): bool
{
    if ($call === null) {
        return false;
    }
    $templates = [...array_values((array) ($call->headers ?? [])), path_of($call)];
    foreach (field_sets($call) as $fields) {
        foreach ($fields as $field => $value) {
            if (!$may_omit || !in_array((string) $field, $call->omit_if_missing ?? [], true)) {
                array_push($templates, ...texts_of($value));
            }
        }
    }
    preg_match_all(PLACEHOLDER, implode("\n", $templates), $all);
    return in_array($name, $all[2], true) || has($call->expect ?? new stdClass(), $name);
}
