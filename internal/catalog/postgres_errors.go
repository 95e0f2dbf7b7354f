package catalog

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Codes of PostgreSQL, https://www.postgresql.org/docs/current/errcodes-appendix.html.
const (
	codeConnectionClass    = "08"
	codeAuthorizationClass = "28"
	codeUniqueViolation    = "23505"
	codeReadOnly           = "25006"
	codeNoDatabase         = "3D000"
	codeNoSchema           = "3F000"
	codeSerialization      = "40001"
	codeDeadlock           = "40P01"
	codePrivilege          = "42501"
	codeDiskFull           = "53100"
	codeTooManyConnections = "53300"
	codeUndefinedTable     = "42P01"
	codeUndefinedColumn    = "42703"
	codeLockTimeout        = "55P03"
	codeCanceled           = "57014"
	codeAdminShutdown      = "57P01"
	codeCrashShutdown      = "57P02"
	codeCannotConnectNow   = "57P03"
	codeNoSuchCharacter    = "22P05"
	codeNotInEncoding      = "22021"
	codeProtocolViolation  = "08P01"
	codeUndefinedObject    = "42704" // undefined_object: an unknown parameter.
	codeInvalidSetting     = "22023" // invalid_parameter_value: of a SET.
	remedyServer           = "Check that the server runs and that its host and port are those of catalog.url, then run again."
	remedyPrivilege        = "Grant what the guide \"PostgreSQL\" says, or run as the role that owns the catalog's schema."
	remedyRunAgain         = "Nothing was written. Run again."
	remedyUnknown          = "What is neither a parameter of libpq nor a setting of the server reaches nobody."
	problemLost            = "the connection to the server broke, and did so again each time it had been made anew"
	problemUnreachable     = "the server cannot be reached"
)

// passing is true for transactions that lost against others, and for connections
// that broke or were not to be had.
func (b *postgres) passing(err error) bool {
	var answer *pgconn.PgError
	var lost *lostError
	switch {
	case errors.As(err, &answer):
		switch answer.Code {
		case codeSerialization, codeDeadlock,
			// Somebody else made the catalog, or an object behind our back.
			codeUniqueViolation,
			codeTooManyConnections, codeAdminShutdown, codeCrashShutdown, codeCannotConnectNow:
			return true
		case codeUndefinedTable, codeUndefinedColumn:
			// The tables were there a moment ago: look again, from the beginning.
			return b.tables.Swap(false)
		}
		return strings.HasPrefix(answer.Code, codeConnectionClass) && answer.Code != codeProtocolViolation
	case errors.As(err, &lost), errors.Is(err, driver.ErrBadConn):
		return true
	default:
		// While connecting; everything later is a lostError.
		return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.ErrUnexpectedEOF)
	}
}

// unreachable is about connections. What a server refuses to one of them, it
// refuses to all.
func (b *postgres) unreachable(err error) bool {
	var answer *pgconn.PgError
	var refused *pgconn.ConnectError
	var lost *lostError
	if errors.As(err, &refused) || errors.As(err, &lost) || errors.Is(err, driver.ErrBadConn) {
		return true
	}
	return errors.As(err, &answer) &&
		slices.Contains([]string{codeTooManyConnections, codeAdminShutdown, codeCrashShutdown, codeCannotConnectNow}, answer.Code)
}

func (b *postgres) explain(err error) (problem, remedy string) {
	var answer *pgconn.PgError
	var refused *pgconn.ConnectError
	var lost *lostError
	switch {
	case errors.As(err, &answer):
		return b.explainAnswer(answer)
	case errors.As(err, &refused):
		return explainConnecting(err)
	case errors.As(err, &lost), errors.Is(err, driver.ErrBadConn):
		return problemLost, "Nothing was written. " + remedyServer
	default:
		return "the database cannot be used", "If it happens again, please report it with this message."
	}
}

// explainConnecting is about connections that no server answered.
func explainConnecting(err error) (problem, remedy string) {
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var certificate *tls.CertificateVerificationError
	var name *net.DNSError
	switch {
	case errors.As(err, &hostname):
		return "the server's certificate is for another host", "Correct the host, or use sslmode=verify-ca if that is meant."
	case errors.As(err, &authority), errors.As(err, &certificate):
		return "the server's certificate is not trusted", "Name its authority with sslrootcert in catalog.url, or in PGSSLROOTCERT."
	case strings.Contains(err.Error(), "server refused TLS connection"):
		return "the server offers no TLS, which sslmode asks for", "Switch TLS on in the server. Only on a trusted network, use sslmode=disable."
	case errors.As(err, &name):
		return "the host of the server is not known", "Correct catalog.url."
	case errors.Is(err, pgconn.ErrReadOnlyConnection), errors.Is(err, pgconn.ErrReadWriteConnection),
		errors.Is(err, pgconn.ErrPrimaryConnection), errors.Is(err, pgconn.ErrStandbyConnection):
		return "none of its servers is what target_session_attrs asks for", "List the primary server in catalog.url, or wait until there is one."
	default:
		return problemUnreachable, remedyServer
	}
}

// explainAnswer is about what a server said.
func (b *postgres) explainAnswer(answer *pgconn.PgError) (problem, remedy string) {
	switch answer.Code {
	case codeNoDatabase:
		return "the database does not exist", "Have an administrator create it, or correct catalog.url."
	case codeNoSchema:
		return "no schema of its search_path exists", "Have an administrator create it, or correct search_path."
	case codePrivilege:
		return "the role may not do this", remedyPrivilege
	case codeReadOnly:
		return "the server or the role may only read",
			"If the server is a standby, list the primary in catalog.url and add target_session_attrs=read-write."
	case codeSerialization, codeDeadlock, codeUniqueViolation:
		return fmt.Sprintf("other writers were faster %d times", attempts), remedyRunAgain
	case codeLockTimeout:
		problem = "another process kept what this write needs locked"
		if b.lockTimeout > 0 {
			problem += fmt.Sprintf(" for %s", b.lockTimeout)
		}
		return problem, "Wait for that process, or end its session, then run again. Nothing was written."
	case codeCanceled:
		return "the server cancelled the statement", "Look for a statement_timeout of the role or the database. " + remedyRunAgain
	case codeDiskFull:
		return "the disk of the server is full", "Free some space there. " + remedyRunAgain
	case codeProtocolViolation:
		return "the server, or a connection pooler before it, does not take a parameter of the connection",
			"Remove that parameter from catalog.url, and set it for the role: ALTER ROLE … IN DATABASE … SET …."
	case codeUndefinedObject:
		return "the server does not know a parameter of the connection: " + otp.Shown(answer.Message),
			"Correct its name in catalog.url, or remove it. " + remedyUnknown
	case codeInvalidSetting:
		return "a setting has a value that it cannot have", "Correct it in catalog.url, or for the role."
	case codeTooManyConnections:
		return "the server has no connection left", "Wait, or raise max_connections, then run again."
	case codeAdminShutdown, codeCrashShutdown, codeCannotConnectNow:
		return "the server is shutting down or starting", remedyRunAgain
	case codeNoSuchCharacter, codeNotInEncoding:
		return "the encoding of the database cannot spell a character", "Use a database that was created with ENCODING 'UTF8'."
	}
	switch {
	case strings.HasPrefix(answer.Code, codeAuthorizationClass):
		return "the server refused the login",
			"Check the user and password, in catalog.url, PGPASSWORD, PGSERVICE or .pgpass, and the server's pg_hba.conf."
	case strings.HasPrefix(answer.Code, codeConnectionClass):
		return problemLost, remedyServer
	default:
		return "PostgreSQL refused the operation", "If it happens again, please report it with this message."
	}
}
