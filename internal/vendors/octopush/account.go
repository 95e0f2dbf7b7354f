package octopush

import (
	"context"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// ConsumptionRequest asks for one month (Octopush reference §8.1).
type ConsumptionRequest struct {
	Year       int64  `json:"year"`
	Month      int64  `json:"month"`                 // 1 to 12
	Channel    string `json:"channel,omitempty"`     // the vendor gives no list of values
	AgentEmail string `json:"agent_email,omitempty"` // one agent only
}

// Fields are the request as it travels.
func (r ConsumptionRequest) Fields() httpapi.Fields {
	return httpapi.Fields{"year": r.Year, "month": r.Month}.WithText("channel", r.Channel).WithText("agent_email", r.AgentEmail)
}

// Consumption is what a month's messages cost, in euros.
type Consumption struct {
	Year     httpapi.Int                    `json:"year"`
	Month    httpapi.Int                    `json:"month"`
	Sendings *httpapi.Int                   `json:"number_of_sendings"`
	Cost     httpapi.Decimal                `json:"cost"`
	ByAgent  httpapi.List[AgentConsumption] `json:"consumption_by_agent"`
}

// AgentConsumption is one agent's part of a month.
type AgentConsumption struct {
	AgentEmail string          `json:"agent_email"` // personal data
	Sendings   httpapi.Int     `json:"number_of_sendings"`
	Cost       httpapi.Decimal `json:"cost"`
}

// MonthlyConsumption reads one month's sendings and cost.
func (c *Client) MonthlyConsumption(ctx context.Context, request ConsumptionRequest) (*Consumption, error) {
	call := httpapi.Call{Endpoint: ConsumptionEndpoint, Fields: request.Fields(), Secrets: []string{request.AgentEmail}}
	var month Consumption
	answer, err := c.http.Do(ctx, call, &month)
	if err != nil {
		return nil, err
	}
	if month.Sendings == nil || month.Cost == "" {
		return nil, c.http.Unexpected(call, answer, "the answer has no number_of_sendings or no cost")
	}
	// What Octopush does not understand it repairs or drops, and answers all
	// the same (Octopush reference §1.2).
	if month.Year != 0 && int64(month.Year) != request.Year || month.Month != 0 && int64(month.Month) != request.Month {
		return nil, c.http.Unexpected(call, answer, "the answer is about another month than the one that was asked for")
	}
	return &month, nil
}

// IsLogin reports whether an e-mail address is the API login. That is a
// credential, even where personal data may be shown.
func (c *Client) IsLogin(email string) bool { return strings.EqualFold(email, c.login) }
