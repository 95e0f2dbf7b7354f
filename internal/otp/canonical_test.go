package otp

import (
	"fmt"
	"reflect"
	"testing"
)

// filled gives a value in which nothing is empty.
func filled(of reflect.Type, depth int) reflect.Value {
	value := reflect.New(of).Elem()
	switch of.Kind() {
	case reflect.String:
		value.SetString(fmt.Sprintf("<é> \"%d\"\n\u2028", depth))
	case reflect.Int, reflect.Int64:
		value.SetInt(int64(depth) + 7)
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Pointer:
		value.Set(reflect.New(of.Elem()))
		value.Elem().Set(filled(of.Elem(), depth+1))
	case reflect.Slice:
		value.Set(reflect.Append(value, filled(of.Elem(), depth+1), reflect.Zero(of.Elem())))
	case reflect.Map:
		value.Set(reflect.MakeMap(of))
		for _, key := range []string{"z", "a", "é", "a\"b", ""} {
			value.SetMapIndex(reflect.ValueOf(key), filled(of.Elem(), depth+1))
		}
	case reflect.Struct:
		for i := range of.NumField() {
			value.Field(i).Set(filled(of.Field(i).Type, depth+1))
		}
	case reflect.Interface:
		value.Set(reflect.ValueOf([]any{
			"x", true, 1, int64(-2), 1.5, nil, uint8(3), []string{"<", "\xff"}, []any{}, []string(nil),
			map[string]any{"b": 1, "a": []any{map[string]any(nil), map[string]any{"n": "ü"}}}, struct{ Z, A int }{1, 2},
		}))
	}
	return value
}

// emptied calls check after each part of a value was emptied, one at a time.
func emptied(value reflect.Value, path string, check func(path string)) {
	before := reflect.New(value.Type()).Elem()
	before.Set(value)
	value.SetZero()
	check(path)
	if before.Kind() == reflect.Slice || before.Kind() == reflect.Map {
		if before.Kind() == reflect.Slice {
			value.Set(reflect.MakeSlice(before.Type(), 0, 0))
		} else {
			value.Set(reflect.MakeMap(before.Type()))
		}
		check(path + " without entries")
	}
	value.Set(before)
	switch value.Kind() {
	case reflect.Pointer:
		emptied(value.Elem(), path, check)
	case reflect.Slice:
		emptied(value.Index(0), path+"[0]", check)
	case reflect.Struct:
		for i := range value.NumField() {
			emptied(value.Field(i), path+"."+value.Type().Field(i).Name, check)
		}
	}
}

// The document is what encoding/json makes of it, with sorted keys, whatever is
// in it and whatever is not.
func TestADocumentIsTheSortedJSONOfItsMembers(t *testing.T) {
	t.Parallel()
	document, _ := filled(reflect.TypeFor[Document](), 0).Interface().(Document)
	check := func(path string) {
		want, err := sortedJSON(document)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := document.Canonical(); err != nil || got != string(want) {
			t.Errorf("without %s: %v\n%s\n, want\n%s", path, err, got, want)
		}
	}
	emptied(reflect.ValueOf(&document).Elem(), "document", check)
	check("nothing")
}

func TestADocumentOfWhatIsNoJSONIsAnError(t *testing.T) {
	t.Parallel()
	d := Document{Profile: "login", Routes: []DocumentRoute{{Send: &Call{Fields: map[string]any{"x": func() {}}}}}}
	if text, err := d.Canonical(); err == nil || text != "" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := (Document{}).Canonical(); err != nil {
		t.Errorf("the next document fails, too: %v", err)
	}
}
