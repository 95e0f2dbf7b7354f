package myotp

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const (
	// windowDays is the longest range of one report, both ends included
	// (MyOTP reference §6).
	windowDays = 31
	// rowsPerPage is the most that the vendor gives at once (§6).
	rowsPerPage = 100
)

// ReportRequest asks for one page of transactions (MyOTP reference §6). Zero
// values leave the choice to the vendor: the last seven days, page 1, ten rows.
type ReportRequest struct {
	StartDate string `json:"start_date,omitempty"` // YYYY-MM-DD, UTC
	EndDate   string `json:"end_date,omitempty"`   // YYYY-MM-DD, UTC, included
	Page      int64  `json:"page,omitempty"`       // from 1
	PerPage   int64  `json:"per_page,omitempty"`   // 1 to 100
}

// Fields are the request as it travels.
func (r ReportRequest) Fields() httpapi.Fields {
	return httpapi.Fields{}.WithText("start_date", r.StartDate).WithText("end_date", r.EndDate).
		WithNumber("page", r.Page).WithNumber("per_page", r.PerPage)
}

// ReportPage is one page of transactions. The totals are pointers, because the
// older shape has none.
type ReportPage struct {
	Transactions httpapi.List[Transaction] `json:"transactions"`
	TotalCount   *httpapi.Int              `json:"total_count"`
	TotalPages   *httpapi.Int              `json:"total_pages"`
	CurrentPage  *httpapi.Int              `json:"current_page"`
	PerPage      *httpapi.Int              `json:"per_page"`
	Message      string                    `json:"message"`
}

// Transaction is a send or a verification. It is the union of the older and the
// newer shape of a row; what a shape lacks is empty.
type Transaction struct {
	MessageID   string
	PhoneNumber string // digits; personal data
	Cost        httpapi.Decimal
	Time        httpapi.Time
	CreatedAt   httpapi.Time
	// MessageType tells a send from a verification; the numbers are not
	// documented.
	MessageType httpapi.Text
	Channel     string
	Country     string
	Status      string
	Description string
	ForceSend   *bool  // nil: the row has none
	ClientIP    string // personal data
	Application string
}

// UnmarshalJSON reads both shapes of a row.
func (t *Transaction) UnmarshalJSON(raw []byte) error {
	var wire struct {
		MessageID        httpapi.Text    `json:"message_id"`
		PhoneNumber      httpapi.Text    `json:"phone_number"`
		Cost             httpapi.Decimal `json:"cost"`
		Timestamp        httpapi.Time    `json:"timestamp"`
		MessageTimestamp httpapi.Time    `json:"message_timestamp"`
		CreatedAt        httpapi.Time    `json:"created_at"`
		MessageType      httpapi.Text    `json:"message_type"`
		Channel          httpapi.Text    `json:"channel"`
		Country          httpapi.Text    `json:"country"`
		Status           httpapi.Text    `json:"status"`
		Description      httpapi.Text    `json:"description"`
		ForceSend        *httpapi.Bool   `json:"force_send"`
		ClientIP         httpapi.Text    `json:"client_ip"`
		Application      httpapi.Text    `json:"application"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	*t = Transaction{
		MessageID: string(wire.MessageID), PhoneNumber: string(wire.PhoneNumber), Cost: wire.Cost,
		Time: wire.MessageTimestamp, CreatedAt: wire.CreatedAt, MessageType: wire.MessageType,
		Channel: string(wire.Channel), Country: string(wire.Country), Status: string(wire.Status),
		Description: string(wire.Description), ForceSend: (*bool)(wire.ForceSend),
		ClientIP: string(wire.ClientIP), Application: string(wire.Application),
	}
	if t.Time.Text == "" {
		t.Time = wire.Timestamp
	}
	return nil
}

// key tells transactions apart. Cost and status are left out: they may change
// while the list is read.
func (t Transaction) key() string {
	return strings.Join([]string{
		t.MessageID, t.Time.Text, t.CreatedAt.Text, string(t.MessageType), t.PhoneNumber,
	}, "\x00")
}

// Report reads one page of transactions.
func (c *Client) Report(ctx context.Context, request ReportRequest) (*ReportPage, error) {
	call := httpapi.Call{Endpoint: ReportEndpoint, Fields: request.Fields()}
	var page ReportPage
	answer, err := c.http.Do(ctx, call, &page)
	if err != nil {
		return nil, err
	}
	if page.Transactions == nil && page.Message == "" && page.TotalCount == nil {
		return nil, c.http.Unexpected(call, answer, "the answer has no transactions")
	}
	if request.Page > 0 && page.CurrentPage != nil && int64(*page.CurrentPage) != request.Page {
		return nil, c.http.Unexpected(call, answer, fmt.Sprintf("the answer is page %d, not %d", *page.CurrentPage, request.Page))
	}
	return &page, nil
}

// ReportAll iterates over the transactions of all days from start to end, UTC,
// both included: all pages, and as many reports as the 31 days of one report
// demand, the newest first. Within a report the order is the vendor's, which is
// not documented.
//
// A transaction that is added while the list is read moves others to the next
// page; these are left out there. Where the vendor counts its rows, not more
// are left out than were added. Where it does not, equal rows on different
// pages (same message, moment, type and phone) count as one.
func (c *Client) ReportAll(ctx context.Context, start, end time.Time) iter.Seq2[Transaction, error] {
	return func(yield func(Transaction, error) bool) {
		first, last := day(start), day(end)
		if last.Before(first) {
			yield(Transaction{}, fmt.Errorf("the transactions of MyOTP.App cannot be read: the end date %s is before the start date %s",
				last.Format(time.DateOnly), first.Format(time.DateOnly)))
			return
		}
		for !last.Before(first) {
			from := last.AddDate(0, 0, 1-windowDays)
			if from.Before(first) {
				from = first
			}
			pager := httpapi.Pager[Transaction]{Key: Transaction.key, Fetch: c.pages(from, last)}
			for transaction, err := range pager.All(ctx) {
				if !yield(transaction, err) || err != nil {
					return
				}
			}
			last = from.AddDate(0, 0, -1)
		}
	}
}

// pages reads the pages of one report and follows the vendor's count of rows.
func (c *Client) pages(from, to time.Time) func(context.Context, int) (httpapi.Page[Transaction], error) {
	count := int64(-1)
	return func(ctx context.Context, number int) (httpapi.Page[Transaction], error) {
		report, err := c.Report(ctx, ReportRequest{
			StartDate: from.Format(time.DateOnly), EndDate: to.Format(time.DateOnly),
			Page: int64(number), PerPage: rowsPerPage,
		})
		if err != nil {
			return httpapi.Page[Transaction]{}, err
		}
		page := httpapi.Page[Transaction]{Items: report.Transactions, More: report.more(number), Moved: -1}
		if report.TotalCount != nil && report.CurrentPage != nil {
			now := int64(*report.TotalCount)
			if count >= 0 {
				page.Moved = int(max(now-count, 0))
			}
			count = now
		}
		return page, nil
	}
}

// more reports whether pages follow. Without totals a full page has one.
func (p *ReportPage) more(number int) bool {
	if p.TotalPages != nil {
		return int64(number) < int64(*p.TotalPages)
	}
	full := rowsPerPage
	if p.PerPage != nil && *p.PerPage > 0 {
		full = min(full, int(*p.PerPage))
	}
	return len(p.Transactions) >= full
}

func day(moment time.Time) time.Time {
	year, month, date := moment.UTC().Date()
	return time.Date(year, month, date, 0, 0, 0, 0, time.UTC)
}
