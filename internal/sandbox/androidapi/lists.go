package androidapi

import (
	"strconv"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

func (a *Emulator) getDevices(_ *emulate.Exchange, in *input) emulate.Answer {
	if !a.settings.ShortDevices {
		return listPage(a, in, "Android Devices", a.data.Account.Devices)
	}
	rows := make([]map[string]any, len(a.data.Account.Devices))
	for i, d := range a.data.Account.Devices {
		rows[i] = map[string]any{
			"id": d.ID, "unique": d.Unique, "name": d.Name, "version": d.Version, "manufacturer": d.Manufacturer,
			"limit_status": d.LimitStatus, "limit_interval": d.LimitInterval, "limit_number": d.LimitNumber, "created": d.Created,
		}
	}
	return listPage(a, in, "Android Devices", rows)
}

// getRates is not paged (AndroidAPI reference §5).
func (a *Emulator) getRates(_ *emulate.Exchange, in *input) emulate.Answer {
	return a.success(in, "Gateway Rates", map[string]any{
		"gateways": append([]Gateway{}, a.data.Account.Gateways...), "partners": append([]Partner{}, a.data.Account.Partners...),
	})
}

// Money is decimal text (AndroidAPI reference §1.6).
func (a *Emulator) getCredits(_ *emulate.Exchange, in *input) emulate.Answer {
	credits := strconv.FormatFloat(a.data.Account.Credits, 'f', 4, 64)
	return a.success(in, "Remaining Credits", map[string]any{"credits": credits, "currency": a.data.Account.Currency})
}

func (a *Emulator) getEarnings(_ *emulate.Exchange, in *input) emulate.Answer {
	earnings := strconv.FormatFloat(a.data.Account.Earnings, 'f', 2, 64)
	return a.success(in, "Partner Credits", map[string]any{"earnings": earnings, "currency": a.data.Account.Currency})
}

// counters are those of a package, written as a PHP back end writes a map.
type counters map[string]Usage

// MarshalJSON writes an object, or an empty array.
func (c counters) MarshalJSON() ([]byte, error) { return phpMap(c) }

func (a *Emulator) getSubscription(_ *emulate.Exchange, in *input) emulate.Answer {
	account, usage := &a.data.Account, counters{}
	if account.Package != "" {
		for name := range account.Usage {
			usage[name] = account.count(name)
		}
	}
	return a.success(in, "Subscription Package", map[string]any{"name": account.Package, "usage": usage})
}
