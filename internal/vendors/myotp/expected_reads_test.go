package myotp

import "github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"

func integer(number int64) *httpapi.Int {
	value := httpapi.Int(number)
	return &value
}

// row is the transaction of the contract files, changed by each function.
func row(changes ...func(*Transaction)) Transaction {
	moment := at("2026-10-01T08:59:00Z")
	transaction := Transaction{
		MessageID: messageID, PhoneNumber: "14155550123", Cost: "1", Time: moment, CreatedAt: moment,
		MessageType: "1", Channel: "sms", Country: "USA", Status: "delivered", Description: "OTP sent",
		ForceSend: new(false), ClientIP: "127.0.0.1", Application: "sandbox",
	}
	for _, change := range changes {
		change(&transaction)
	}
	return transaction
}

func page(total, pages, current, size int64, message string, rows ...Transaction) expectation {
	if rows == nil {
		rows = []Transaction{}
	}
	return good(&ReportPage{
		Transactions: rows, TotalCount: integer(total), TotalPages: integer(pages),
		CurrentPage: integer(current), PerPage: integer(size), Message: message,
	})
}

func expectedReads() map[string]expectation {
	older := func(t *Transaction) { t.Channel, t.Country, t.Status = "", "", "" }
	newer := func(t *Transaction) { t.CreatedAt = httpapi.Time{} }
	nulls := func(t *Transaction) { t.Description, t.ClientIP, t.Application = "", "", "" }
	checked := func(t *Transaction) {
		t.MessageType, t.Description, t.Status, t.Cost = "2", "OTP verified", "success", "0"
	}
	account := func(balance httpapi.Decimal) expectation {
		return good(&Account{
			ID: "a0123456789ab", Email: "sandbox@example.test", EmailVerified: true,
			Balance: balance, PlanID: "6452", Status: "active",
		})
	}
	return map[string]expectation{
		"report/both_rows":         page(1, 1, 1, 10, "", row()),
		"report/newer_rows":        page(1, 1, 1, 10, "", row(newer)),
		"report/older_rows":        good(&ReportPage{Transactions: []Transaction{row(older)}}),
		"report/null_fields":       page(1, 1, 1, 10, "", row(nulls)),
		"report/verification":      page(2, 1, 1, 10, "", row(checked), row()),
		"report/defaults":          page(1, 1, 1, 10, "", row()).but("a body is always sent, though it may be empty"),
		"report/first_page":        page(5, 3, 1, 2, "", row(), row()),
		"report/last_page":         page(5, 3, 3, 2, "", row()),
		"report/empty":             page(0, 0, 1, 10, "No transactions found"),
		"report/beyond_last_page":  page(1, 1, 2, 10, "No transactions found"),
		"report/bad_date":          bad(httpapi.Invalid),
		"report/per_page_too_high": bad(httpapi.Invalid),
		"report/range_reversed":    bad(httpapi.Invalid),
		"report/range_too_long":    bad(httpapi.Invalid),
		"report/page_zero":         bad(httpapi.Invalid).but("page 0 means the vendor's default"),
		"report/plan":              bad(httpapi.PlanFeature),
		"report/wrong_key":         bad(httpapi.Unauthorized),

		"me/success":             good(&Me{Email: "sandbox@example.test"}),
		"me/wrong_key":           bad(httpapi.Unauthorized),
		"me/address_not_allowed": bad(httpapi.Forbidden),

		"account/success":             account("115"),
		"account/empty_balance":       account("0"),
		"account/wrong_key":           bad(httpapi.Unauthorized),
		"account/address_not_allowed": bad(httpapi.Forbidden),
	}
}
