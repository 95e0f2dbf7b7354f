package consumers_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/examples/consumers/conformance"
	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// plays plays the cases for which there is a player.
func plays(t *testing.T, player func(number int, c conformance.Case) conformance.Player) {
	t.Helper()
	cases, err := conformance.Cases()
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 250 {
		t.Errorf("%d cases, want 250 or more", len(cases))
	}
	names := map[string]bool{}
	for number, c := range cases {
		if names[c.Name] {
			t.Errorf("two cases are called %q", c.Name)
		}
		names[c.Name] = true
		by := player(number, c)
		if by == nil {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), "own")
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			broken, err := c.Play(t.Context(), folder, by)
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range broken {
				t.Error(fault)
			}
		})
	}
}

func TestEveryConsumerKeepsTheContract(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *consumer) {
		plays(t, func(number int, _ conformance.Case) conformance.Player {
			return conformance.Command{Run: c.sampled(number)}
		})
	})
}

// sampled is a process of its own for some cases.
func (c *consumer) sampled(number int) conformance.Run {
	if number%18 == 0 { // about 20 of all
		return c.process
	}
	return c.batch
}

// distribution is the interpreter that has its distribution's psycopg.
const distribution = "/usr/bin/python3"

var withPsycopg = python3(distribution)

// TestChallengesInPostgreSQL plays what is remembered with the other store.
func TestChallengesInPostgreSQL(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	remembered := []string{"challenge", "duties", "expect", "later-calls", "limits", "resend", "verify"}
	for _, language := range languages {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			c := available(t, language)
			switch language {
			case "python":
				needs(t, distribution, "-c", "import psycopg")
				c = withPsycopg
			case "node":
				needs(t, "node", "--input-type=module", "-e", "import 'pg'")
			}
			plays(t, func(number int, of conformance.Case) conformance.Player {
				if !slices.Contains(remembered, of.Rule) {
					return nil
				}
				return &withTable{server: server, run: c.sampled(number)}
			})
		})
	}
}

func TestTheProviderKeepsTheContract(t *testing.T) {
	t.Parallel()
	plays(t, func(int, conformance.Case) conformance.Player { return provider{} })
}

// provider is the provider's own sends: what its actions and commands do.
type provider struct{}

// Play implements conformance.Player.
func (provider) Play(ctx context.Context, stage conformance.Stage, command []string, now int64) (told conformance.Told, err error) {
	store, err := catalog.Open("sqlite:" + filepath.Join(filepath.Dir(stage.Folder), "catalog.db"))
	if err != nil {
		return told, err
	}
	ref := catalog.Ref{Kind: catalog.Profile, Name: "login"}
	write := catalog.Write{Ref: ref, Spec: json.RawMessage(`{"name":"login"}`), Compile: func(func(catalog.Ref) (catalog.Object, error)) (string, error) { return stage.Document, nil }}
	if snapshot, err := store.Snapshot(ctx); err != nil {
		return told, err
	} else if _, found := snapshot.Get(ref); !found {
		if _, err := store.Create(ctx, write); err != nil {
			return told, err
		}
	}
	var output strings.Builder
	app, err := application.Open(ctx, application.Options{
		Catalog: store, Ledger: filepath.Join(stage.Folder, "deliveries.db"), Clock: at(now),
		Runner: delivery.Options{Lookup: func(name string) (string, bool) { value, ok := stage.Environment[name]; return value, ok }},
		Tell: func(sentence string) {
			if !strings.Contains(sentence, "refused: ") { // it quotes the vendor, too
				output.WriteString(sentence + "\n")
			}
		},
	})
	if err != nil {
		return told, err
	}
	results, failed := play(ctx, app, command)
	if failed != nil {
		output.WriteString(failed.Error())
	}
	told = conformance.Told{Refused: failed != nil}
	for _, result := range results {
		if result.Outcome == otp.OutcomeNextRoute { // the last of those that refused
			result.Refused = append(result.Refused, application.Result{Route: result.Route})
			result.Route = nil
		}
		if strings.Contains(result.Reason, "verified already") {
			result.Route = nil // it is remembered here that there was one
		}
		// The vendor's words for the operator, cleaned and bounded; tests of their
		// own hold what may be in them.
		result.Reason = ""
		for i := range result.Refused {
			result.Refused[i].Reason = ""
		}
		raw, err := json.Marshal(result)
		if err != nil {
			return told, err
		}
		output.Write(raw)
		told.Result = conformance.Result{Outcome: result.Outcome, Route: result.Route, RetryAfterSeconds: result.RetryAfterSeconds}
		if result.Remaining != nil {
			told.Result.Remaining = new(int(*result.Remaining))
		}
		for _, refused := range result.Refused {
			told.Result.Refused = append(told.Result.Refused, *refused.Route)
		}
	}
	told.Output = output.String()
	return told, errors.Join(app.Close(), store.Close())
}

// at is a clock that stands still.
type at int64

func (a at) Now() time.Time { return time.Unix(int64(a), 0) }

func (at) Sleep(context.Context, time.Duration) error { return nil }

// play does a command of the consumers.
func play(ctx context.Context, app *application.Application, command []string) (results []application.Result, err error) {
	request := application.Request{Profile: "login"}
	var values []string
	for i := 0; i < len(command); i++ {
		switch word := command[i]; word {
		case "--resend":
			request.Resend = true
		case "--locale", "--ip", "--route":
			i++
			switch word {
			case "--locale":
				request.To.Locale = command[i]
			case "--ip":
				request.To.IP = command[i]
			default:
				number, err := strconv.Atoi(command[i])
				if err != nil {
					return nil, err
				}
				request.Route = &number
			}
		default:
			values = append(values, word)
		}
	}
	request.To.Phone = values[1]
	var result application.Result
	switch values[0] {
	case "send":
		err = app.Send(ctx, request, func(result application.Result) { results = append(results, result) })
		return results, err
	case "verify":
		result, err = app.Verify(ctx, "login", request.To, values[2])
	case "extend":
		seconds, failed := strconv.ParseInt(values[2], 10, 64)
		if failed != nil {
			return nil, failed
		}
		result, err = app.Extend(ctx, "login", request.To, seconds)
	case "status":
		result, err = app.Status(ctx, "login", request.To, 0)
	}
	if err != nil {
		return nil, err
	}
	return []application.Result{result}, nil
}
