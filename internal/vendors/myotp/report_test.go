package myotp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// ledger is a report that answers like the vendor: rows newest first, in pages.
type ledger struct {
	abandoned bool
	rows      []map[string]any // newest first
	totals    bool             // the newer shape, with counts
	stuck     bool             // the page number is ignored
	before    func(l *ledger, request int)
	requests  []ReportRequest
}

// send adds a row at the front, sent on a day.
func (l *ledger) send(day string, number int) {
	l.rows = slices.Insert(l.rows, 0, map[string]any{
		"message_id": fmt.Sprintf("m%04d", number), "phone_number": phone, "cost": 1.0, "message_type": 1,
		"timestamp": fmt.Sprintf("%sT09:%02d:%02dZ", day, number/60%60, number%60),
	})
}

func (l *ledger) serve(t *testing.T) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request ReportRequest
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Errorf("the request is no report: %v", err)
		}
		l.requests = append(l.requests, request)
		if l.before != nil {
			l.before(l, len(l.requests))
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(l.page(request)); err != nil && !l.abandoned {
			t.Errorf("the page could not be written: %v", err)
		}
	}))
	t.Cleanup(server.Close)
	client, err := New(httpapi.Account{Credentials: map[string]string{"API_KEY": "made_up"}, BaseURL: server.URL}, httpapi.NewTransport(httpapi.Options{MaxRequestsPerSecond: 1e6}, ""))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (l *ledger) page(request ReportRequest) map[string]any {
	var rows []map[string]any
	for _, row := range l.rows {
		if day := fmt.Sprint(row["timestamp"])[:10]; day >= request.StartDate && day <= request.EndDate {
			rows = append(rows, row)
		}
	}
	number, size := int(request.Page), int(request.PerPage)
	from := min((number-1)*size, len(rows))
	if l.stuck {
		from = 0
	}
	answer := map[string]any{"transactions": rows[from:min(from+size, len(rows))]}
	if from == len(rows) {
		answer["transactions"] = []any{}
	}
	if l.totals {
		answer["total_count"], answer["total_pages"] = len(rows), (len(rows)+size-1)/size
		answer["current_page"], answer["per_page"] = number, size
	}
	return answer
}

func (l *ledger) all(ctx context.Context, t *testing.T, from, to string) ([]string, error) {
	t.Helper()
	client := l.serve(t)
	start, err := time.Parse(time.DateOnly, from)
	if err != nil {
		t.Fatal(err)
	}
	end, err := time.Parse(time.DateOnly, to)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for transaction, err := range client.ReportAll(ctx, start, end) {
		if err != nil {
			return ids, err
		}
		ids = append(ids, transaction.MessageID)
	}
	return ids, nil
}

func countdown(from, to int) []string {
	var ids []string
	for number := from; number >= to; number-- {
		ids = append(ids, fmt.Sprintf("m%04d", number))
	}
	return ids
}

func TestReportAllReadsEveryPage(t *testing.T) {
	t.Parallel()
	for _, totals := range []bool{true, false} {
		for _, count := range []int{0, 1, 99, 100, 101, 200, 250} {
			l := &ledger{totals: totals}
			for number := 1; number <= count; number++ {
				l.send("2026-09-20", number)
			}
			got, err := l.all(t.Context(), t, "2026-09-10", "2026-09-30")
			if diff := cmp.Diff(countdown(count, 1), got); err != nil || diff != "" {
				t.Errorf("%d rows, totals %t: %v %s", count, totals, err, diff)
			}
		}
	}
}

func TestReportAllJoinsReportsOf31Days(t *testing.T) {
	t.Parallel()
	l := &ledger{totals: true}
	number := 0
	for _, day := range []string{
		"2026-06-30", "2026-07-01", "2026-07-30", "2026-07-31", "2026-08-01", "2026-08-30", "2026-08-31", "2026-09-30", "2026-10-01",
	} {
		number++
		l.send(day, number)
	}
	got, err := l.all(t.Context(), t, "2026-07-01", "2026-09-30")
	if diff := cmp.Diff(countdown(8, 2), got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	want := []ReportRequest{
		{StartDate: "2026-08-31", EndDate: "2026-09-30", Page: 1, PerPage: 100},
		{StartDate: "2026-07-31", EndDate: "2026-08-30", Page: 1, PerPage: 100},
		{StartDate: "2026-07-01", EndDate: "2026-07-30", Page: 1, PerPage: 100},
	}
	if diff := cmp.Diff(want, l.requests); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
}

func TestReportAllIsCompleteWhenRowsAreAdded(t *testing.T) {
	t.Parallel()
	for _, totals := range []bool{true, false} {
		for _, added := range []int{1, 3, 100, 150} {
			l := &ledger{totals: totals, before: func(l *ledger, request int) {
				if request == 2 {
					for number := range added {
						l.send("2026-09-21", 1000+number)
					}
				}
			}}
			for number := 1; number <= 250; number++ {
				l.send("2026-09-20", number)
			}
			got, err := l.all(t.Context(), t, "2026-09-10", "2026-09-30")
			if distinct := len(slices.Compact(slices.Sorted(slices.Values(got)))); distinct != len(got) {
				t.Errorf("%d added, totals %t: %d rows, %d of them different", added, totals, len(got), distinct)
			}
			// Rows that were added may be there, too; the others must be.
			got = slices.DeleteFunc(got, func(id string) bool { return id >= "m1000" })
			if diff := cmp.Diff(countdown(250, 1), got); err != nil || diff != "" {
				t.Errorf("%d added, totals %t: %v %s", added, totals, err, diff)
			}
		}
	}
}

// Two wrong codes within one second look the same. Where the vendor counts its
// rows, they are two even across a page break.
func TestReportAllKeepsEqualRows(t *testing.T) {
	t.Parallel()
	for totals, want := range map[bool]int{true: 103, false: 102} {
		l := &ledger{totals: totals}
		for _, number := range []int{1, 1, 2} { // rows 103 to 101
			l.send("2026-09-20", number)
		}
		for number := 2; number <= 101; number++ { // rows 100 to 1
			l.send("2026-09-20", number)
		}
		got, err := l.all(t.Context(), t, "2026-09-10", "2026-09-30")
		if err != nil || len(got) != want {
			t.Errorf("totals %t: %d rows, %v, want %d", totals, len(got), err, want)
		}
	}
}

func TestReportAllNoticesThatPagesDoNotAdvance(t *testing.T) {
	t.Parallel()
	l := &ledger{stuck: true}
	for number := 1; number <= 150; number++ {
		l.send("2026-09-20", number)
	}
	got, err := l.all(t.Context(), t, "2026-09-10", "2026-09-30")
	if err == nil || len(got) != 100 {
		t.Errorf("%d rows and %v, want 100 and an error", len(got), err)
	}
	if len(l.requests) != 4 {
		t.Errorf("%d requests, want 4", len(l.requests))
	}
}

func TestReportAllStopsWithItsReaderAndItsContext(t *testing.T) {
	t.Parallel()
	l := &ledger{totals: true}
	for number := 1; number <= 250; number++ {
		l.send("2026-09-20", number)
	}
	client := l.serve(t)
	day := time.Date(2026, 9, 20, 23, 59, 0, 0, time.UTC)
	for _, err := range client.ReportAll(t.Context(), day.AddDate(-1, 0, 0), day) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if len(l.requests) != 1 {
		t.Errorf("%d requests for one row, want 1", len(l.requests))
	}

	ctx, cancel := context.WithCancel(t.Context())
	l.before = func(*ledger, int) {
		l.abandoned = true // nobody reads this page
		cancel()
	}
	var last error
	for _, err := range client.ReportAll(ctx, day, day) {
		last = err
	}
	if !errors.Is(last, context.Canceled) || len(l.requests) != 2 {
		t.Errorf("got %v after %d requests, want a cancelled list after 2", last, len(l.requests))
	}
}

func TestReportAllRefusesAnEndBeforeTheStart(t *testing.T) {
	t.Parallel()
	l := new(ledger)
	_, err := l.all(t.Context(), t, "2026-09-30", "2026-09-29")
	want := "the transactions of MyOTP.App cannot be read: the end date 2026-09-29 is before the start date 2026-09-30"
	if err == nil || err.Error() != want || len(l.requests) != 0 {
		t.Errorf("got %v after %d requests, want %s", err, len(l.requests), want)
	}
}

func TestReportAllReportsTheVendorsError(t *testing.T) {
	t.Parallel()
	client, _ := answering(t, 403, "application/json", `{"error":{"http_code":403,"message":"API_REPORTING is not available with your plan"}}`)
	day := time.Date(2026, 9, 20, 0, 0, 0, 0, time.UTC)
	var failures []error
	for _, err := range client.ReportAll(t.Context(), day.AddDate(0, -3, 0), day) {
		failures = append(failures, err)
	}
	if len(failures) != 1 || !httpapi.IsKind(failures[0], httpapi.PlanFeature) {
		t.Errorf("got %v, want one error about the plan", failures)
	}
}
