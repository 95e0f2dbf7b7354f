package androidapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// waServers lists the servers of the package. None is a body 404 here, whatever
// empty lists are elsewhere (AndroidAPI reference §3.1).
func (a *Emulator) waServers(_ *emulate.Exchange, in *input) emulate.Answer {
	if len(a.data.Account.WhatsAppServers) == 0 {
		return a.nothing()
	}
	return a.success(in, "WhatsApp Servers", a.data.Account.WhatsAppServers)
}

func (a *Emulator) waAccounts(_ *emulate.Exchange, in *input) emulate.Answer {
	return listPage(a, in, "WhatsApp Accounts", a.data.Account.WhatsApp)
}

// waDelete removes an account. QR codes that would have relinked it are void.
func (a *Emulator) waDelete(_ *emulate.Exchange, in *input) emulate.Answer {
	unique := in.required("unique")
	if in.problem != "" {
		return emulate.Answer{}
	}
	account := &a.data.Account
	if account.account(unique) == nil {
		return *a.noAccount()
	}
	account.WhatsApp = slices.DeleteFunc(slices.Clone(account.WhatsApp), func(w WhatsAppAccount) bool { return w.Unique == unique })
	a.data.Links = slices.DeleteFunc(slices.Clone(a.data.Links), func(l *link) bool { return l.Unique == unique })
	return a.success(in, "WhatsApp account has been deleted!", false)
}

// waValidate looks a number up through an account. The answers but the good one
// are not documented (AndroidAPI reference §3.8).
func (a *Emulator) waValidate(_ *emulate.Exchange, in *input) emulate.Answer {
	unique, phone := in.required("unique"), in.phone("phone")
	if in.problem != "" {
		return emulate.Answer{}
	}
	switch account := a.data.Account.account(unique); {
	case account == nil:
		return *a.noAccount()
	case account.Status != WhatsAppConnected:
		return a.problem(http.StatusInternalServerError, "Something went wrong!")
	case slices.Contains(a.data.Account.NotOnWhatsApp, phone):
		return a.problem(http.StatusNotFound, "WhatsApp phone number is invalid!")
	}
	return a.success(in, "WhatsApp phone number is valid!", map[string]any{
		"jid": strings.TrimPrefix(phone, "+") + "@s.whatsapp.net", "phone": phone,
	})
}
