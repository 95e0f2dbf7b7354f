package tf

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// The JSON names of the domain types are the attribute names of the schema, so
// one codec serves every catalog noun. What Terraform calls null is absent
// from the JSON, sets are sorted, and what is not known yet is left out and
// noted.

// Unknown stands for a value that is not known before the apply.
var Unknown any = tftypes.UnknownValue

type decoder struct {
	unknown []otp.Path
	// null are elements of maps, lists and sets that are null: the catalog has
	// no place for them.
	null []otp.Path
	// empty are strings of objects that are "": the catalog cannot tell them
	// from what is absent.
	empty []otp.Path
}

func (d *decoder) decode(v tftypes.Value, at otp.Path) (any, error) {
	switch {
	case !v.IsKnown():
		d.unknown = append(d.unknown, at)
		return nil, nil
	case v.IsNull():
		return nil, nil
	}
	t := v.Type()
	switch {
	case t.Is(tftypes.String):
		return scalar[string](v)
	case t.Is(tftypes.Bool):
		return scalar[bool](v)
	case t.Is(tftypes.Number):
		n := new(big.Float)
		if err := v.As(&n); err != nil {
			return nil, err
		}
		return json.Number(n.Text('f', -1)), nil
	case t.Is(tftypes.Object{}), t.Is(tftypes.Map{}):
		return d.members(v, at)
	case t.Is(tftypes.List{}), t.Is(tftypes.Set{}), t.Is(tftypes.Tuple{}):
		return d.elements(v, at)
	}
	return nil, fmt.Errorf("values of type %s have no place in the catalog", t)
}

func scalar[T any](v tftypes.Value) (any, error) {
	var into T
	err := v.As(&into)
	return into, err
}

func (d *decoder) members(v tftypes.Value, at otp.Path) (any, error) {
	var values map[string]tftypes.Value
	if err := v.As(&values); err != nil {
		return nil, err
	}
	out := map[string]any{}
	isMap := v.Type().Is(tftypes.Map{})
	for name, value := range values {
		here := at.Attribute(name)
		if isMap {
			here = at.Key(name)
		}
		if value.IsKnown() && value.IsNull() && isMap {
			d.null = append(d.null, here)
		}
		if value.IsKnown() && !value.IsNull() && !isMap && value.Equal(tftypes.NewValue(tftypes.String, "")) {
			d.empty = append(d.empty, here)
		}
		member, err := d.decode(value, here)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if member != nil {
			out[name] = member
		}
	}
	return out, nil
}

func (d *decoder) elements(v tftypes.Value, at otp.Path) (any, error) {
	var values []tftypes.Value
	if err := v.As(&values); err != nil {
		return nil, err
	}
	out := make([]any, 0, len(values))
	for i, value := range values {
		if value.IsKnown() && value.IsNull() {
			d.null = append(d.null, at.Index(i))
		}
		element, err := d.decode(value, at.Index(i))
		if err != nil {
			return nil, err
		}
		if element != nil || !v.Type().Is(tftypes.Set{}) {
			out = append(out, element)
		}
	}
	if v.Type().Is(tftypes.Set{}) {
		slices.SortFunc(out, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return out, nil
}

// encode is the way back: JSON data to a value of the type.
func encode(t tftypes.Type, data any) (tftypes.Value, error) {
	if data == nil || data == Unknown {
		return tftypes.NewValue(t, data), nil
	}
	switch {
	case t.Is(tftypes.String), t.Is(tftypes.Bool):
		if err := tftypes.ValidateValue(t, data); err != nil {
			return tftypes.Value{}, err
		}
		return tftypes.NewValue(t, data), nil
	case t.Is(tftypes.Number):
		return encodeNumber(t, data)
	}
	switch t := t.(type) {
	case tftypes.Object:
		return encodeMembers(t, data, func(name string) tftypes.Type { return t.AttributeTypes[name] }, t.AttributeTypes)
	case tftypes.Map:
		return encodeMembers(t, data, func(string) tftypes.Type { return t.ElementType }, nil)
	case tftypes.List:
		return encodeElements(t, t.ElementType, data)
	case tftypes.Set:
		return encodeElements(t, t.ElementType, data)
	}
	return tftypes.Value{}, fmt.Errorf("values of type %s have no place in the catalog", t)
}

func encodeNumber(t tftypes.Type, data any) (tftypes.Value, error) {
	switch n := data.(type) {
	case int64:
		return tftypes.NewValue(t, n), nil
	case json.Number:
		f, _, err := big.ParseFloat(n.String(), 10, 512, big.ToNearestEven)
		return tftypes.NewValue(t, f), err
	}
	return tftypes.Value{}, fmt.Errorf("%v is no number", data)
}

// encodeMembers builds an object or a map. Attributes that the data lacks are
// null. Data that the schema lacks was written by a newer release and is left
// out.
func encodeMembers(t tftypes.Type, data any, member func(string) tftypes.Type, all map[string]tftypes.Type) (tftypes.Value, error) {
	fields, ok := data.(map[string]any)
	if !ok {
		return tftypes.Value{}, fmt.Errorf("%T where an object belongs", data)
	}
	values := map[string]tftypes.Value{}
	for name := range all {
		values[name] = tftypes.NewValue(all[name], nil)
	}
	for name, field := range fields {
		if all != nil && all[name] == nil {
			continue
		}
		value, err := encode(member(name), field)
		if err != nil {
			return tftypes.Value{}, fmt.Errorf("%s: %w", name, err)
		}
		values[name] = value
	}
	return tftypes.NewValue(t, values), nil
}

func encodeElements(t, element tftypes.Type, data any) (tftypes.Value, error) {
	list, ok := data.([]any)
	if !ok {
		return tftypes.Value{}, fmt.Errorf("%T where a list belongs", data)
	}
	values := make([]tftypes.Value, 0, len(list))
	for _, item := range list {
		value, err := encode(element, item)
		if err != nil {
			return tftypes.Value{}, err
		}
		values = append(values, value)
	}
	return tftypes.NewValue(t, values), nil
}

// toDomain decodes a resource's value into its domain type. The second result
// lists what is not known yet.
func toDomain[S any](raw tftypes.Value, computed ...string) (S, []otp.Path, error) {
	var object S
	var d decoder
	data, err := d.decode(raw, nil)
	if err != nil {
		return object, nil, err
	}
	fields, ok := data.(map[string]any)
	if !ok {
		return object, nil, nil // null
	}
	for _, name := range computed {
		delete(fields, name)
	}
	d.unknown = slices.DeleteFunc(d.unknown, func(at otp.Path) bool {
		name, ok := at[0].(string)
		return ok && slices.Contains(computed, name)
	})
	text, err := json.Marshal(fields)
	if err != nil {
		return object, nil, err
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(&object)
	return object, d.unknown, err
}

// knownValues are the attributes of these names as plain data, without what is
// null or not known.
func knownValues(raw tftypes.Value, names []string) (Values, error) {
	var d decoder
	data, err := d.decode(raw, nil)
	fields, _ := data.(map[string]any)
	values := Values{}
	for _, name := range names {
		if value, known := fields[name]; known {
			values[name] = value
		}
	}
	return values, err
}

// meaningless are the paths of what stands for nothing in a value: null
// elements of collections, and empty strings.
func meaningless(raw tftypes.Value) (null, empty []otp.Path, err error) {
	var d decoder
	_, err = d.decode(raw, nil)
	return d.null, d.empty, err
}

// toTerraform encodes a stored spec as a value of the resource's type, with
// the given values for attributes that are not in the spec.
func toTerraform(t tftypes.Type, spec json.RawMessage, computed Values) (tftypes.Value, error) {
	decoder := json.NewDecoder(strings.NewReader(string(spec)))
	decoder.UseNumber()
	var data map[string]any
	if err := decoder.Decode(&data); err != nil {
		return tftypes.Value{}, err
	}
	for name, value := range computed {
		data[name] = value
	}
	return encode(t, data)
}
