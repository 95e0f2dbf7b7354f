package myotp

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// maxTransactions is how many rows the sandbox keeps for the report.
const maxTransactions = 20000

// What a row is about. The vendor does not document its numbers.
const (
	typeSent     = 1
	typeVerified = 2
)

type transaction struct {
	MessageID   string    `json:"message_id"`
	Phone       string    `json:"phone_number"`
	Cost        float64   `json:"cost"`
	At          time.Time `json:"at"`
	Type        int       `json:"type"`
	Channel     string    `json:"channel"`
	Country     string    `json:"country"`
	Status      string    `json:"status"`
	Description *string   `json:"description"` // these three may be null
	ClientIP    *string   `json:"client_ip"`
	Application *string   `json:"application"`
	ForceSend   bool      `json:"force_send"`
}

func (m *Emulator) recordSend(challenge *challenge, cost float64, force bool, clientIP string) {
	m.record(transaction{
		MessageID: challenge.MessageID, Phone: challenge.Phone, Cost: cost, At: challenge.SentAt, Type: typeSent,
		Channel: challenge.Channel, Country: emulate.Alpha3(emulate.Country("+" + challenge.Phone)), Status: "delivered",
		Description: new("OTP sent"), ClientIP: &clientIP, Application: new(m.data.Account.Application), ForceSend: force,
	})
}

func (m *Emulator) recordVerification(x *emulate.Exchange, messageID, phone, status, description string) {
	row := transaction{
		MessageID: messageID, Phone: phone, At: x.Now, Type: typeVerified, Channel: "sms", Country: emulate.Alpha3(emulate.Country("+" + phone)),
		Status: status, Description: &description, ClientIP: new(x.RemoteIP), Application: new(m.data.Account.Application),
	}
	if challenge := m.find(messageID, x.Now); challenge != nil {
		row.Channel = challenge.Channel
	}
	m.record(row)
}

func (m *Emulator) record(row transaction) {
	m.data.Transactions = emulate.Newest(m.data.Transactions, maxTransactions, row)
}

func (m *Emulator) addTransactions(n int, now time.Time) {
	for i := range n {
		m.record(transaction{
			MessageID: fmt.Sprintf("00000000-0000-4000-8000-%012d", len(m.data.Transactions)+1), Phone: "14155550123", Cost: 1,
			At: now.Add(-time.Duration(n-1-i) * time.Minute), Type: typeSent, Channel: "sms", Country: "USA", Status: "delivered",
			Description: new("OTP sent"), ClientIP: new("127.0.0.1"), Application: new(m.data.Account.Application),
		})
	}
}

func (m *Emulator) report(x *emulate.Exchange, in *input) emulate.Answer {
	if !m.data.Account.entitled("API_REPORTING") {
		return m.notEntitled(x, "API_REPORTING")
	}
	in.only("start_date", "end_date", "page", "per_page")
	today := x.Now.Truncate(24 * time.Hour)
	start := readDate(in, "start_date", today.AddDate(0, 0, -7))
	end := readDate(in, "end_date", today)
	page := in.integer("page", 1)
	perPage := in.between("per_page", 10, 1, 100)
	switch {
	case page < 1:
		in.complain("page must be at least 1")
	case end.Before(start):
		in.complain("end_date must not be before start_date")
	case end.Sub(start) > 31*24*time.Hour:
		in.complain("date range must not exceed 31 days")
	}
	if in.problem != "" {
		return m.Refuse(x.Path, http.StatusBadRequest, in.problem)
	}

	var found []transaction
	for _, row := range m.data.Transactions {
		if !row.At.Before(start) && row.At.Before(end.AddDate(0, 0, 1)) {
			found = append(found, row)
		}
	}
	// Newest first; of the same second, the later one. The vendor documents no order.
	slices.Reverse(found)
	slices.SortStableFunc(found, func(a, b transaction) int { return b.At.Compare(a.At) })

	rows := []any{}
	// A page number may be as large as an integer gets: compare before multiplying.
	if pages := (len(found) + perPage - 1) / perPage; page <= pages {
		for _, row := range found[(page-1)*perPage : min(page*perPage, len(found))] {
			rows = append(rows, m.row(row, x.Now))
		}
	}
	out := map[string]any{"transactions": rows}
	if m.settings.ReportRows != RowsOlder {
		out["total_count"], out["total_pages"] = len(found), (len(found)+perPage-1)/perPage
		out["current_page"], out["per_page"] = page, perPage
		if len(rows) == 0 {
			out["message"] = "No transactions found"
		}
	}
	return emulate.JSON(http.StatusOK, out)
}

func readDate(in *input, name string, absent time.Time) time.Time {
	if !in.has(name) {
		return absent
	}
	date, err := time.Parse(time.DateOnly, in.text(name, ""))
	if err != nil {
		in.complain("%s must be a date of the form YYYY-MM-DD", name)
	}
	return date
}

func (m *Emulator) row(row transaction, now time.Time) map[string]any {
	at := emulate.Timestamp(row.At)
	out := map[string]any{
		"message_id": row.MessageID, "phone_number": row.Phone, "cost": row.Cost, "message_type": row.Type, "force_send": row.ForceSend,
		"description": row.Description, "client_ip": row.ClientIP, "application": row.Application,
	}
	if m.settings.ReportRows != RowsNewer {
		out["timestamp"], out["created_at"] = at, at
	}
	if m.settings.ReportRows != RowsOlder {
		out["message_timestamp"], out["channel"], out["country"], out["status"] = at, row.Channel, row.Country, m.rowStatus(row, now)
	}
	return out
}

// rowStatus is a row's status in the words reports have for it.
func (m *Emulator) rowStatus(row transaction, now time.Time) string {
	if row.Type != typeSent {
		return row.Status
	}
	for _, challenge := range m.data.Challenges {
		if challenge.MessageID != row.MessageID {
			continue
		}
		switch dlr := m.delivery(challenge, now); {
		case dlr == "DELIVRD":
			return "delivered"
		case dlr == "ATES", strings.HasPrefix(dlr, "Pending:"):
			return "sent"
		default:
			return dlr
		}
	}
	return row.Status
}
