<?php
// SPDX-License-Identifier: MPL-2.0
// Send, verify, extend and check one-time passwords by a profile document. PHP 8.2 or newer with curl, and PDO where a
// database is used, and no line about any vendor. See ../README.md.
declare(strict_types=1);

require __DIR__ . '/document.php';
require __DIR__ . '/check.php';
require __DIR__ . '/call.php';
require __DIR__ . '/challenges.php';
require __DIR__ . '/verbs.php';
require __DIR__ . '/verify.php';

// Exit codes; 2 for every other outcome, which the person must hear.
const EXITS = ['ok' => 0, 'pending' => 0, 'already_active' => 0, 'delivered' => 0, 'next_route' => 3, 'stop' => 3, 'unknown' => 4, 'unavailable' => 4];
const USAGE = <<<TEXT
    usage: consumer --catalog PATH|URL | --document PATH, --profile NAME [--challenges PATH|URL] [--json] COMMAND
      send PHONE [--locale L] [--resend] [--route N] [--ip ADDRESS]
      verify PHONE CODE [--ip ADDRESS]
      extend PHONE SECONDS
      status PHONE
      routes
    TEXT;
const VALUES = ['send' => 1, 'verify' => 2, 'extend' => 2, 'status' => 1, 'routes' => 0];

// What is missing or of another type must not pass: a warning of PHP ends what is going on.
set_error_handler(function (int $level, string $message, string $file, int $line): bool {
    if (error_reporting() & $level) {
        throw new ErrorException($message, 0, $level, $file, $line);
    }
    return true;
});
ini_set('display_errors', 'stderr');

function arguments(array $words): array
{
    $options = ['challenges' => 'otp-challenges.json', 'locale' => '', 'ip' => null, 'now' => null, 'resend' => false, 'json' => false];
    $values = [];
    while ($words !== []) { // options may stand anywhere
        $word = array_shift($words);
        if (in_array($word, ['--resend', '--json'], true)) {
            $options[substr($word, 2)] = true;
        } elseif (preg_match('/^--(catalog|document|profile|challenges|locale|route|ip|now)$/D', $word, $found) && $words !== []) {
            $options[$found[1]] = array_shift($words);
        } elseif (str_starts_with($word, '-')) {
            throw new Fault(USAGE);
        } else {
            $values[] = $word;
        }
    }
    $command = array_shift($values) ?? '';
    foreach (['route', 'now'] as $name) {
        need(preg_match('/^[0-9]{1,18}$/D', $options[$name] ?? '0') === 1, USAGE);
        $options[$name] = isset($options[$name]) ? (int) $options[$name] : null;
    }
    need(isset($options['catalog']) !== isset($options['document']) && isset($options['profile']) && count($values) === (VALUES[$command] ?? -1), USAGE);
    need($values === [] || preg_match('/^\+[1-9][0-9]{6,14}$/D', $values[0]) === 1, 'PHONE must be in international form, such as +33612345678');
    if ($options['ip'] !== null) {
        need(filter_var($options['ip'], FILTER_VALIDATE_IP) !== false, '--ip must be an IP address');
        $packed = inet_pton($options['ip']); // in one spelling, so that the same address compares equal
        $mapped = strlen($packed) === 16 && str_starts_with($packed, str_repeat("\0", 10) . "\xff\xff");
        $options['ip'] = inet_ntop($mapped ? substr($packed, 12) : $packed);
    }
    return [...$options, 'command' => $command, 'phone' => array_shift($values), 'values' => $values];
}

// Short and lined up.
function show(array $result): void
{
    if (!array_is_list($result)) {
        foreach ($result as $name => $value) {
            if ($name !== 'refused') { // told the operator already
                printf("%-19s  %s\n", str_replace('_', ' ', $name), $value);
            }
        }
        return;
    }
    echo "ROUTE  VENDOR      CHANNEL    COUNTRIES  CALLS\n";
    foreach ($result as $row) {
        printf("%-5d  %-10s  %-9s  %-9s  %s\n", $row['route'], $row['vendor'], $row['channel'], implode(',', $row['countries'] ?? ['all']), implode(',', $row['calls']));
    }
}

function main(array $words): int
{
    $options = arguments($words);
    $document = load($options);
    if ($options['command'] === 'routes') {
        $result = [];
        foreach ($document->routes as $number => $route) {
            if (!$route->skipped) {
                $result[] = ['route' => $number, 'vendor' => $route->vendor, 'channel' => $route->channel, 'countries' => $route->countries,
                    'duties' => $route->application_must_enforce, 'calls' => array_values(array_filter(array_keys(VERBS), fn ($verb) => $route->$verb !== null))];
            }
        }
    } else {
        $store = opened($options['challenges'], $options['now']);
        $result = $options['command']($document, $store, $options['phone'], $options);
    }
    $options['json'] ? print(json_encode($result, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE) . "\n") : show($result);
    return $options['command'] === 'routes' ? 0 : EXITS[$result['outcome']] ?? 2;
}

function program(array $words): int
{
    try {
        return main($words);
    } catch (Fault $fault) {
        tell("consumer: {$fault->getMessage()}");
        return 1;
    }
}

if (realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    exit(program(array_slice($argv, 1)));
}
