package androidapi

import (
	"context"
	"fmt"
	"iter"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const (
	// rowsPerPage is the largest page that is documented anywhere (AndroidAPI
	// reference §1.5).
	rowsPerPage = 100
	// defaultRows is how many rows a page has where no limit is given. A server
	// that ignores limit would answer with as many, so a page of that size is
	// never taken for the last.
	defaultRows = 10
)

// PageRequest asks for one page of a list (AndroidAPI reference §1.5). Zero
// values leave the choice to the vendor: page 1 and ten rows.
type PageRequest struct {
	Limit int64 `json:"limit,omitempty"` // rows per page
	Page  int64 `json:"page,omitempty"`  // from 1
}

// Fields are the request as it travels.
func (r PageRequest) Fields() httpapi.Fields {
	return httpapi.Fields{}.WithNumber("limit", r.Limit).WithNumber("page", r.Page)
}

// row is an item of a list that is read page by page.
type row interface {
	// key tells rows of one list apart; empty: the row cannot be used.
	key() string
}

// page reads one page of a list. An empty list is a list without rows, or the
// body status 404 (AndroidAPI reference §1.4).
func page[T row](ctx context.Context, c *Client, endpoint httpapi.Endpoint, request PageRequest) ([]T, error) {
	call := httpapi.Call{Endpoint: endpoint, Fields: request.Fields()}
	found, answer, err := list[T](ctx, c, call)
	if err != nil {
		return nil, err
	}
	for i, item := range found {
		if item.key() == "" {
			return nil, c.http.Unexpected(call, answer, fmt.Sprintf("row %d of the list has no ID", i+1))
		}
	}
	return found, nil
}

// all iterates over all pages of a list, each row once. The vendor gives
// neither a total nor a link to the next page: a page that is not full is the
// last.
func all[T row](ctx context.Context, c *Client, endpoint httpapi.Endpoint) iter.Seq2[T, error] {
	pager := httpapi.Pager[T]{
		Key: T.key,
		Fetch: func(ctx context.Context, number int) (httpapi.Page[T], error) {
			list, err := page[T](ctx, c, endpoint, PageRequest{Limit: rowsPerPage, Page: int64(number)})
			full := len(list) >= rowsPerPage || len(list) == defaultRows
			return httpapi.Page[T]{Items: list, More: full, Moved: -1}, err
		},
	}
	return pager.All(ctx)
}
