package androidapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// shelf is a list that answers like the vendor: rows in pages, without a total.
type shelf struct {
	rows     []int // IDs
	cap      int   // rows per page where the server ignores limit; 0: it does not
	stuck    bool  // the page number is ignored
	end      any   // the data after the last row; nil: []
	before   func(s *shelf, request int)
	requests []string // path and page
}

func (s *shelf) serve(t *testing.T) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		s.requests = append(s.requests, query.Get("limit")+"/"+query.Get("page"))
		if query.Get(SecretField) != testSecret {
			t.Errorf("the secret is %q", query.Get(SecretField))
		}
		if s.before != nil {
			s.before(s, len(s.requests))
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(s.page(query)); err != nil {
			t.Errorf("the page could not be written: %v", err)
		}
	}))
	t.Cleanup(server.Close)
	return newTestClient(t, server.URL, "")
}

func (s *shelf) page(query url.Values) map[string]any {
	size, err := strconv.Atoi(query.Get("limit"))
	if err != nil || s.cap > 0 {
		size = s.cap
	}
	number, err := strconv.Atoi(query.Get("page"))
	if err != nil || s.stuck {
		number = 1
	}
	rows := []map[string]any{}
	for _, id := range s.rows[min((number-1)*size, len(s.rows)):min(number*size, len(s.rows))] {
		row := map[string]any{"id": id, "unique": fmt.Sprintf("handle-%d", id), "message": "Your code is 482913"}
		if id < 0 {
			row = map[string]any{"name": "nothing else"}
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 && s.end != nil {
		return map[string]any{"status": 404, "message": "Nothing was found!", "data": s.end}
	}
	return map[string]any{"status": 200, "message": "List", "data": rows}
}

func numbers(from, to int) []int {
	var list []int
	for i := from; i <= to; i++ {
		list = append(list, i)
	}
	return list
}

// pages are the requests for the pages 1 to n.
func pages(n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("100/%d", i+1))
	}
	return list
}

// everything are all lists of the client, as the handles or IDs of their rows.
var everything = map[string]func(*Client, context.Context) iter.Seq2[string, error]{
	"devices":  func(c *Client, ctx context.Context) iter.Seq2[string, error] { return keys(c.AllDevices(ctx)) },
	"accounts": func(c *Client, ctx context.Context) iter.Seq2[string, error] { return keys(c.AllAccounts(ctx)) },
	"sms sent": func(c *Client, ctx context.Context) iter.Seq2[string, error] { return keys(c.AllSMSSent(ctx)) },
	"sms pending": func(c *Client, ctx context.Context) iter.Seq2[string, error] {
		return keys(c.AllSMSPending(ctx))
	},
	"whatsapp sent": func(c *Client, ctx context.Context) iter.Seq2[string, error] {
		return keys(c.AllWhatsAppSent(ctx))
	},
	"whatsapp pending": func(c *Client, ctx context.Context) iter.Seq2[string, error] {
		return keys(c.AllWhatsAppPending(ctx))
	},
}

func keys[T row](list iter.Seq2[T, error]) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for item, err := range list {
			if !yield(strings.TrimPrefix(item.key(), "handle-"), err) {
				return
			}
		}
	}
}

func collect(list iter.Seq2[string, error]) ([]string, error) {
	var all []string
	for key, err := range list {
		if err != nil {
			return all, err
		}
		all = append(all, key)
	}
	return all, nil
}

func TestListsAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	for name, list := range everything {
		for rows, requests := range map[int]int{
			0: 1, 1: 1, 9: 1, 10: 2, 11: 1, 99: 1, 100: 2, 101: 2, 200: 3, 250: 3, 3000: 31, 3010: 32, 3050: 31,
		} {
			t.Run(fmt.Sprintf("%s/%d", name, rows), func(t *testing.T) {
				t.Parallel()
				s := &shelf{rows: numbers(1, rows)}
				got, err := collect(list(s.serve(t), t.Context()))
				if err != nil {
					t.Fatal(err)
				}
				if len(got) != rows || rows > 0 && (got[0] != "1" || got[rows-1] != strconv.Itoa(rows)) {
					t.Errorf("%d rows were read", len(got))
				}
				if diff := cmp.Diff(pages(requests), s.requests); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestListEndsWithBodyStatus404(t *testing.T) {
	t.Parallel()
	s := &shelf{rows: numbers(1, 200), end: false}
	got, err := collect(keys(s.serve(t).AllSMSSent(t.Context())))
	if err != nil || len(got) != 200 || len(s.requests) != 3 {
		t.Errorf("%d rows in %d requests, %v", len(got), len(s.requests), err)
	}
}

func TestListOfAServerThatIgnoresLimitIsComplete(t *testing.T) {
	t.Parallel()
	s := &shelf{rows: numbers(1, 35), cap: 10}
	got, err := collect(keys(s.serve(t).AllDevices(t.Context())))
	if err != nil || len(got) != 35 {
		t.Errorf("%d rows, %v", len(got), err)
	}
	if diff := cmp.Diff(pages(4), s.requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestListOfAServerThatIgnoresThePageEndsInAnError(t *testing.T) {
	t.Parallel()
	s := &shelf{rows: numbers(1, 300), stuck: true}
	got, err := collect(keys(s.serve(t).AllDevices(t.Context())))
	if err == nil || len(got) != 100 || len(s.requests) > 5 {
		t.Errorf("%d rows in %d requests, %v; want 100 rows and an error", len(got), len(s.requests), err)
	}
}

func TestRowsThatMovedToTheNextPageCountOnce(t *testing.T) {
	t.Parallel()
	s := &shelf{rows: numbers(1, 300)}
	s.before = func(s *shelf, request int) {
		if request == 2 { // three messages were sent meanwhile; the newest come first
			s.rows = append([]int{1001, 1002, 1003}, s.rows...)
		}
	}
	got, err := collect(keys(s.serve(t).AllSMSSent(t.Context())))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	if len(got) != 300 || len(slices.Compact(got)) != 300 {
		t.Errorf("%d rows, want 300 different ones", len(got))
	}
}

func TestRowWithoutAnIDIsAnError(t *testing.T) {
	t.Parallel()
	s := &shelf{rows: []int{1, 2, -1}}
	for _, list := range everything {
		_, err := collect(list(s.serve(t), t.Context()))
		if !httpapi.IsKind(err, httpapi.BadAnswer) || !strings.Contains(err.Error(), "row 3 of the list has no ID") {
			t.Errorf("got %v", err)
		}
	}
}

func TestListStopsWhereTheCallerStops(t *testing.T) {
	t.Parallel()
	s := &shelf{rows: numbers(1, 3000)}
	client := s.serve(t)
	for item, err := range client.AllSMSSent(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if item.ID == "150" {
			break
		}
	}
	if len(s.requests) != 2 {
		t.Errorf("%d requests, want 2", len(s.requests))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := collect(keys(client.AllSMSSent(ctx))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if len(s.requests) != 2 {
		t.Errorf("%d requests after the caller gave up, want 2", len(s.requests))
	}
}

func TestErrorInTheMiddleEndsAList(t *testing.T) {
	t.Parallel()
	s := &shelf{rows: numbers(1, 300)}
	s.before = func(s *shelf, request int) {
		if request == 2 {
			s.rows, s.end = nil, []any{"no list"}
		}
	}
	got, err := collect(keys(s.serve(t).AllSMSSent(t.Context())))
	if err == nil || len(got) != 100 || len(s.requests) != 2 {
		t.Errorf("%d rows in %d requests, %v; want the first page and an error", len(got), len(s.requests), err)
	}
}
