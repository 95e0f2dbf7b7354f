package otp

// areaCodes are beginnings of national numbers that are in service and that the
// phone number library's copy of the numbering plans does not know, by calling
// code and with the country that has them. A profile for that country would
// deny their owners. TestOurAreaCodesAreStillNeeded says which of them to remove
// after an update of the library.
//
// Source: the NPA database of the administrator of the North American Numbering
// Plan (https://reports.nanpa.com/public/npa_report.csv), whose rows of
// 2026-09-21 have them in service. Which release of libphonenumber has which of
// them is not told here: the library's copy is 9.0.32, the newest that there is
// as a module, and it has none. Whether 273 is in service could not be looked up
// again. What is in service and in no country is left out: 700 (services of
// carriers) and 710 (the government of the United States).
var areaCodes = map[int]map[string]string{
	1: {
		"273": "CA", // Quebec, beside 418
		"357": "US", // California, beside 559
		"436": "US", // Ohio, beside 440
		"457": "US", // Louisiana, beside 318
		"465": "US", // New York, beside 718
		"471": "US", // Mississippi, beside 662
		"483": "US", // Alabama, beside 334
		"538": "US", // without a place, beside 500
		"542": "US", // without a place, beside 500
		"621": "US", // Texas, beside 713
		"624": "US", // New York, beside 716
		"679": "US", // Michigan, beside 313
		"729": "US", // Tennessee, beside 423
		"837": "US", // California, beside 530
		"861": "US", // Illinois, beside 309
		"924": "US", // Minnesota, beside 507
	},
}
