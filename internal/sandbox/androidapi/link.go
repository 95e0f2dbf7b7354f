package androidapi

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"time"

	"rsc.io/qr"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// maxLinks is how many QR codes AndroidAPI remembers, scanned ones included.
const maxLinks = 1000

// link is one QR code. Its token is the only key to its state.
type link struct {
	Token     string    `json:"token"`
	QR        string    `json:"qrstring"`
	Server    int       `json:"server"`
	ExpiresAt time.Time `json:"expires_at"`
	// Unique is the account it relinks; once scanned, the account it linked.
	Unique string `json:"unique,omitempty"`
	WID    string `json:"wid,omitempty"` // who scanned it
}

// waLink makes a QR code for an account that is not there yet.
func (a *Emulator) waLink(x *emulate.Exchange, in *input) emulate.Answer {
	server, refused := a.server(in)
	switch {
	case in.problem != "":
		return emulate.Answer{}
	case refused != nil:
		return *refused
	case a.data.Account.usedUp("wa_accounts"):
		return a.exhausted("The limit of your package is reached!")
	}
	return a.qrCode(x, in, &link{Server: server}, true)
}

// waRelink makes a QR code for an account that lost its phone.
func (a *Emulator) waRelink(x *emulate.Exchange, in *input) emulate.Answer {
	unique := in.required("unique")
	server, refused := a.server(in)
	account := a.data.Account.account(unique)
	switch {
	case in.problem != "":
		return emulate.Answer{}
	case account == nil:
		return *a.noAccount()
	case refused != nil:
		return *refused
	case account.Status == WhatsAppConnected && !a.settings.RelinkConnected:
		return a.success(in, "WhatsApp account is already connected!", map[string]any{"already_connected": true})
	}
	return a.qrCode(x, in, &link{Server: server, Unique: unique}, a.settings.RelinkInfoLink)
}

// server is the one asked for, or the first of the package.
func (a *Emulator) server(in *input) (int, *emulate.Answer) {
	if a.settings.RequireServer {
		in.required("sid")
	}
	asked := in.number("sid", 0, 0)
	for _, server := range a.data.Account.WhatsAppServers {
		if asked == 0 || server.ID == asked {
			return server.ID, nil
		}
	}
	return 0, new(a.problem(http.StatusNotFound, "WhatsApp server doesn't exist!"))
}

func (a *Emulator) qrCode(x *emulate.Exchange, in *input, link *link, info bool) emulate.Answer {
	if a.data.Account.LinksNotReady > 0 {
		a.data.Account.LinksNotReady--
		return a.success(in, "WhatsApp server is not ready!", false)
	}
	link.Token = x.Hex(32)
	a.draw(x, link)
	if x.Err != nil {
		return emulate.Answer{}
	}
	a.data.Links = emulate.Newest(a.data.Links, maxLinks, link)
	data := map[string]any{"qrstring": link.QR, "qrimagelink": x.Base + "/get/wa.qr?token=" + link.Token}
	if info {
		data["infolink"] = x.Base + "/get/wa.info?token=" + link.Token
	}
	return a.success(in, "WhatsApp QRCode has been created!", data)
}

// draw gives a link a fresh pairing string: a reference and three keys, as
// WhatsApp writes it.
func (a *Emulator) draw(x *emulate.Exchange, link *link) {
	key := func() string { return base64.StdEncoding.EncodeToString(x.Bytes(32)) }
	link.QR = fmt.Sprintf("2@%s,%s,%s,%s", base64.StdEncoding.EncodeToString(x.Bytes(48)), key(), key(), key())
	link.ExpiresAt = x.Now.Add(time.Duration(a.settings.QRSeconds) * time.Second)
}

// waQR draws a QR code that waits to be scanned.
func (a *Emulator) waQR(x *emulate.Exchange, in *input) emulate.Answer {
	link, out := a.link(x, in)
	switch {
	case link == nil:
		return out
	case link.WID != "":
		return a.noLink()
	case !x.Now.Before(link.ExpiresAt):
		a.draw(x, link)
	}
	code, err := qr.Encode(link.QR, qr.L)
	if err != nil {
		x.Err = fmt.Errorf("drawing a QR code: %w", err)
		return emulate.Answer{}
	}
	return emulate.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"image/png"}, "Cache-Control": {"no-store"}}, Body: code.PNG()}
}

// waInfo says who scanned. No success is published: clients of other instances
// read these fields (AndroidAPI reference §3.4).
func (a *Emulator) waInfo(x *emulate.Exchange, in *input) emulate.Answer {
	link, out := a.link(x, in)
	if link == nil {
		return out
	}
	account := a.data.Account.account(link.Unique)
	switch {
	case link.WID == "" && a.settings.InfoWaiting200:
		return a.success(in, "WhatsApp Information", false)
	case link.WID == "":
		return a.problem(http.StatusMovedPermanently, "WhatsApp QRCode has not been scanned!")
	case account == nil:
		return a.noLink()
	case a.settings.InfoPhone:
		return a.success(in, "WhatsApp Information", map[string]any{"status": account.Status, "unique": account.Unique, "phone": account.Phone})
	}
	return a.success(in, "WhatsApp Information", map[string]any{"wid": link.WID, "unique": link.Unique})
}

// link finds the QR code of a token, which stands in for the secret. One that
// expired unscanned is gone, unless QR codes are replaced.
func (a *Emulator) link(x *emulate.Exchange, in *input) (*link, emulate.Answer) {
	token := in.required("token")
	if in.problem != "" {
		return nil, emulate.Answer{}
	}
	if !a.permits("create_whatsapp") {
		return nil, a.denied()
	}
	link := a.find(token)
	if link == nil || (link.WID == "" && !a.settings.RotateQR && !x.Now.Before(link.ExpiresAt)) {
		return nil, a.noLink()
	}
	return link, emulate.Answer{}
}

func (a *Emulator) find(token string) *link {
	i := slices.IndexFunc(a.data.Links, func(l *link) bool { return l.Token == token })
	if token == "" || i < 0 {
		return nil
	}
	return a.data.Links[i]
}

func (a *Emulator) noLink() emulate.Answer {
	return a.problem(http.StatusNotFound, "QRCode doesn't exist!")
}
