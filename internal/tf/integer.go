package tf

import (
	"context"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var (
	_ basetypes.Int64Valuable     = Integer{}
	_ xattr.ValidateableAttribute = Integer{}
)

var _ basetypes.Int64Typable = IntegerType{}

// IntegerType is the type of arguments that are whole numbers. Terraform has
// numbers of every kind, and the framework's own type takes one that is not
// whole, or too large, for a mistake of the provider; this one says what is wrong
// with it.
type IntegerType struct{ basetypes.Int64Type }

// Integer is a value of IntegerType.
type Integer struct {
	basetypes.Int64Value
	// wrong is a number that is none of these; the value is unknown then.
	wrong *big.Float
}

var (
	_ basetypes.Int64Typable      = IntegerType{}
	_ basetypes.Int64Valuable     = Integer{}
	_ xattr.ValidateableAttribute = Integer{}
)

// Equal reports whether the other type is this one.
func (t IntegerType) Equal(other attr.Type) bool {
	_, same := other.(IntegerType)
	return same
}

// String names the type.
func (t IntegerType) String() string { return "tf.IntegerType" }

// ValueType is an Integer.
func (t IntegerType) ValueType(context.Context) attr.Value { return Integer{} }

// ValueFromInt64 makes an Integer of a value of the framework's own type.
func (t IntegerType) ValueFromInt64(_ context.Context, value basetypes.Int64Value) (basetypes.Int64Valuable, diag.Diagnostics) {
	return Integer{Int64Value: value}, nil
}

// ValueFromTerraform takes any number.
func (t IntegerType) ValueFromTerraform(ctx context.Context, value tftypes.Value) (attr.Value, error) {
	if value.IsKnown() && !value.IsNull() && value.Type().Is(tftypes.Number) {
		number := new(big.Float)
		if err := value.As(&number); err != nil {
			return nil, err
		}
		if _, accuracy := number.Int64(); !number.IsInt() || accuracy != big.Exact {
			return Integer{Int64Value: basetypes.NewInt64Unknown(), wrong: number}, nil
		}
	}
	of, err := t.Int64Type.ValueFromTerraform(ctx, value)
	if err != nil {
		return nil, err
	}
	whole, ok := of.(basetypes.Int64Value)
	if !ok {
		return nil, fmt.Errorf("%T where a whole number belongs", of)
	}
	return Integer{Int64Value: whole}, nil
}

// Type is IntegerType.
func (v Integer) Type(context.Context) attr.Type { return IntegerType{} }

// Equal reports whether two values are the same.
func (v Integer) Equal(other attr.Value) bool {
	o, ok := other.(Integer)
	if !ok || (v.wrong == nil) != (o.wrong == nil) {
		return false
	}
	return v.Int64Value.Equal(o.Int64Value) && (v.wrong == nil || v.wrong.Cmp(o.wrong) == 0)
}

// ValidateAttribute refuses what is not whole, or larger than any number here.
func (v Integer) ValidateAttribute(_ context.Context, req xattr.ValidateAttributeRequest, resp *xattr.ValidateAttributeResponse) {
	if v.wrong == nil {
		return
	}
	if v.wrong.IsInt() {
		resp.Diagnostics.AddAttributeError(req.Path, "Number is out of range",
			fmt.Sprintf("%s is %s, which is out of every range. Write a whole number that the documentation of the argument allows.", req.Path, v.wrong.Text('g', 20)))
		return
	}
	below, _ := v.wrong.Int(nil)
	above := new(big.Int).Add(below, big.NewInt(int64(v.wrong.Sign())))
	if v.wrong.Sign() < 0 {
		below, above = above, below
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Number is not whole",
		fmt.Sprintf("%s is %s, and takes whole numbers only. Write %s or %s.", req.Path, v.wrong.Text('g', 20), below, above))
}
