package tf

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
)

// Progress tells sentences to whoever watches an action. After the action was
// cancelled nobody takes them, and telling them might never end.
func Progress(ctx context.Context, resp *action.InvokeResponse) func(sentence string) {
	return func(sentence string) {
		if ctx.Err() == nil {
			resp.SendProgress(action.InvokeProgressEvent{Message: sentence})
		}
	}
}
