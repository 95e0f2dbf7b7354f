<?php
// SPDX-License-Identifier: MPL-2.0
// The profile document: read from where it is.
declare(strict_types=1);

const QUERY = 'SELECT document, up_to_date FROM otp_profile_documents WHERE name = ?';

// What the operator has to repair. The text never quotes a secret, a query or an answer.
class Fault extends Exception
{
}

function tell(string $text): void
{
    error_log($text); // standard error, or the log of the server
}

// The document of a profile, from a file or from the view of a catalog. Objects of JSON stay objects: {} is not [].
function load(array $options): stdClass
{
    $name = $options['profile'];
    if (isset($options['document'])) {
        $text = @file_get_contents($options['document']);
        need($text !== false, "cannot read the document {$options['document']}");
    } else {
        $row = read_row($options['catalog'], $name);
        need($row !== false, "the catalog has no profile $name");
        $text = $row[0];
        if (!$row[1]) {
            tell("profile $name: the document is not up to date");
        }
    }
    try {
        $document = json_decode($text, false, 200, JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING);
        check($document, $name);
        return $document;
    } catch (Fault $fault) {
        throw new Fault("the document of profile $name is refused: {$fault->getMessage()}");
    } catch (JsonException | TypeError | ErrorException) {
        throw new Fault("the document of profile $name is refused: it is not well formed");
    }
}

function read_row(string $catalog, string $name): array|false
{
    if (preg_match('/^postgres(ql)?:/', $catalog)) {
        $statement = postgres($catalog)->prepare(QUERY);
        $statement->execute([$name]);
        return $statement->fetch(PDO::FETCH_NUM);
    }
    need(is_file($catalog), "cannot read the catalog $catalog: there is no such file");
    // Read-write where it may be, because only then can the journal that a killed writer left be rolled back;
    // query_only keeps this program from writing.
    $first = null;
    foreach (is_writable($catalog) ? [PDO::SQLITE_OPEN_READWRITE, PDO::SQLITE_OPEN_READONLY] : [PDO::SQLITE_OPEN_READONLY] as $mode) {
        try {
            $database = new PDO("sqlite:$catalog", null, null, [PDO::SQLITE_ATTR_OPEN_FLAGS => $mode, PDO::ATTR_TIMEOUT => 10]);
            $database->exec('PRAGMA query_only = ON');
            $statement = $database->prepare(QUERY);
            $statement->execute([$name]);
            return $statement->fetch(PDO::FETCH_NUM);
        } catch (PDOException $error) {
            $first ??= $error;
        }
    }
    $hint = is_file("$catalog-journal") ? '; the journal of a writer that was killed lies beside it, and only a program that may write the file'
        . ' and its folder can roll it back: run `terraform plan`, or give this program that right' : '';
    throw new Fault("cannot read the catalog $catalog: {$first->getMessage()}$hint");
}

// A connection by a URL. PDO takes one apart itself, and its errors would quote the password.
function postgres(string $url): PDO
{
    $form = '~^postgres(?:ql)?://(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<host>[^:@/?]*)(?::(?<port>[0-9]+))?(?:/(?<dbname>[^@/?]*))?(?:\?(?<query>.*))?$~D';
    need(preg_match($form, $url, $parts) === 1, 'the URL of the database cannot be used');
    parse_str($parts['query'] ?? '', $more);
    $parts = array_map(rawurldecode(...), array_filter($parts, fn ($part) => $part !== '')) + $more;
    $dsn = [];
    foreach (array_intersect_key($parts, array_flip(['host', 'port', 'dbname', 'sslmode', 'connect_timeout'])) as $key => $value) {
        $dsn[] = "$key='" . addcslashes($value, "'\\") . "'";
    }
    $password = $parts['password'] ?? (getenv('PGPASSWORD') ?: null);
    try {
        $database = new PDO('pgsql:' . implode(';', $dsn), $parts['user'] ?? null, $password);
        if (isset($more['search_path'])) {
            $database->prepare("SELECT set_config('search_path', ?, false)")->execute([$more['search_path']]);
        }
        return $database;
    } catch (PDOException $error) {
        throw new Fault("cannot use PostgreSQL: {$error->getCode()}");
    }
}
