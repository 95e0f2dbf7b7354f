package main

import "github.com/hashicorp/terraform-plugin-go/tftypes"

// The types of this file are format version 1.0 of the CLI's own JSON; see
// https://developer.hashicorp.com/terraform/cli/commands/providers/schema. A
// type of a value encodes itself.

type schemasJSON struct {
	FormatVersion string                  `json:"format_version"`
	Providers     map[string]providerJSON `json:"provider_schemas"`
}

type providerJSON struct {
	Provider           *schemaJSON             `json:"provider,omitempty"`
	Resources          map[string]schemaJSON   `json:"resource_schemas,omitempty"`
	DataSources        map[string]schemaJSON   `json:"data_source_schemas,omitempty"`
	EphemeralResources map[string]schemaJSON   `json:"ephemeral_resource_schemas,omitempty"`
	ListResources      map[string]schemaJSON   `json:"list_resource_schemas,omitempty"`
	Actions            map[string]actionJSON   `json:"action_schemas,omitempty"`
	Functions          map[string]functionJSON `json:"functions,omitempty"`
	Identities         map[string]identityJSON `json:"resource_identity_schemas,omitempty"`
}

type schemaJSON struct {
	Version int64      `json:"version"`
	Block   *blockJSON `json:"block,omitempty"`
}

type actionJSON struct {
	Block *blockJSON `json:"block,omitempty"`
}

type blockJSON struct {
	Attributes         map[string]attributeJSON   `json:"attributes,omitempty"`
	Blocks             map[string]nestedBlockJSON `json:"block_types,omitempty"`
	Description        string                     `json:"description,omitempty"`
	DescriptionKind    string                     `json:"description_kind,omitempty"`
	Deprecated         bool                       `json:"deprecated,omitempty"`
	DeprecationMessage string                     `json:"deprecation_message,omitempty"`
}

type nestedBlockJSON struct {
	NestingMode string     `json:"nesting_mode,omitempty"`
	Block       *blockJSON `json:"block,omitempty"`
	MinItems    int64      `json:"min_items,omitempty"`
	MaxItems    int64      `json:"max_items,omitempty"`
}

type attributeJSON struct {
	Type               tftypes.Type `json:"type,omitempty"`
	NestedType         *objectJSON  `json:"nested_type,omitempty"`
	Description        string       `json:"description,omitempty"`
	DescriptionKind    string       `json:"description_kind,omitempty"`
	Deprecated         bool         `json:"deprecated,omitempty"`
	DeprecationMessage string       `json:"deprecation_message,omitempty"`
	Required           bool         `json:"required,omitempty"`
	Optional           bool         `json:"optional,omitempty"`
	Computed           bool         `json:"computed,omitempty"`
	Sensitive          bool         `json:"sensitive,omitempty"`
	WriteOnly          bool         `json:"write_only,omitempty"`
}

type objectJSON struct {
	Attributes  map[string]attributeJSON `json:"attributes,omitempty"`
	NestingMode string                   `json:"nesting_mode,omitempty"`
}

type functionJSON struct {
	Description        string          `json:"description,omitempty"`
	Summary            string          `json:"summary,omitempty"`
	DeprecationMessage string          `json:"deprecation_message,omitempty"`
	Return             tftypes.Type    `json:"return_type"`
	Parameters         []parameterJSON `json:"parameters,omitempty"`
	Variadic           *parameterJSON  `json:"variadic_parameter,omitempty"`
}

type parameterJSON struct {
	Name        string       `json:"name,omitempty"`
	Description string       `json:"description,omitempty"`
	IsNullable  bool         `json:"is_nullable,omitempty"`
	Type        tftypes.Type `json:"type"`
}

type identityJSON struct {
	Version    int64                            `json:"version"`
	Attributes map[string]identityAttributeJSON `json:"attributes,omitempty"`
}

type identityAttributeJSON struct {
	Type              tftypes.Type `json:"type,omitempty"`
	Description       string       `json:"description,omitempty"`
	RequiredForImport bool         `json:"required_for_import,omitempty"`
	OptionalForImport bool         `json:"optional_for_import,omitempty"`
}
