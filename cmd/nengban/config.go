package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// common are the flags that every subcommand which needs a desk takes.
type common struct {
	Config string `help:"Settings file (YAML). Environment variables go before it." type:"path" placeholder:"FILE"`
	Data   string `help:"Folder of the desk: database, index, attachments, keys." type:"path" placeholder:"DIR"`
}

// setting is one thing that can be set: its name in the file, the variable
// that goes before the file, its default and what makes it wrong. A secret can
// also come from a file named by VARIABLE_FILE, and is never printed.
type setting struct {
	key, variable, fallback string
	help                    string
	secret                  bool
	check                   func(string) error
}

// settings are all of them, in the order `nengban config` prints them.
var settings = []setting{
	{"addr", "NENGBAN_ADDR", "127.0.0.1:8345", "address to listen on", false, isAddress},
	{"data", "NENGBAN_DATA", "data", "folder of the desk", false, notEmpty},
	{"database_url", "DATABASE_URL", "", "postgres://… for PostgreSQL; empty for the embedded SQLite in the data folder", true, isDatabase},
	{"public_url", "NENGBAN_PUBLIC_URL", "", "address by which citizens and carriers reach the desk, https://…; cookies are then sent over https only", false, optional(isPublicURL)},
	{"trusted_proxies", "NENGBAN_TRUSTED_PROXIES", "", "networks whose X-Forwarded-For is believed, such as 10.0.0.0/8,127.0.0.1/32", false, optional(isNetworks)},
	{"name", "NENGBAN_NAME", "12345政务服务便民热线", "name of the desk, on pages and in texts", false, notEmpty},
	{"master_key", "NENGBAN_MASTER_KEY", "", "64 hex digits that open the key file; empty: a key is made in the data folder's keys", true, optional(isMasterKey)},
	{"second_factor", "NENGBAN_SECOND_FACTOR", "optional", "optional, or required: nobody works without a second step to log in", false, oneOf("optional", "required")},
	{"unmask_minutes", "NENGBAN_UNMASK_MINUTES", "10", "minutes, 1 to 60, that a caller is shown in clear to whoever has said why", false, isWhole(1, 60)},
	{"account_rate", "NENGBAN_ACCOUNT_RATE", "600", "requests that one member of the staff, or his key, may make in a minute; 0: any number", false, isWhole(0, 1_000_000)},
	{"separate_administrators", "NENGBAN_SEPARATE_ADMINISTRATORS", "no", "yes: system, security and audit administration must be three people", false, oneOf("no", "yes")},
	{"oidc_issuer", "NENGBAN_OIDC_ISSUER", "", "address of the city's own sign-on (OpenID Connect)", false, optional(isURL)},
	{"oidc_client_id", "NENGBAN_OIDC_CLIENT_ID", "nengban", "name of this desk there", false, notEmpty},
	{"oidc_client_secret", "NENGBAN_OIDC_CLIENT_SECRET", "", "secret of this desk there", true, nil},
	{"oidc_groups", "NENGBAN_OIDC_GROUPS", "groups", "claim that lists a person's groups", false, notEmpty},
	{"oidc_department", "NENGBAN_OIDC_DEPARTMENT", "", "claim that holds the code of a person's department", false, nil},
	{"oidc_roles", "NENGBAN_OIDC_ROLES", "", "which group is which role: hotline=operator; chiefs=supervisor,dispatcher", false, isGroups},
	{"retention_years", "NENGBAN_RETENTION_YEARS", "0", "years after archiving when callers are taken out of their tickets; 0: never", false, isYears},
	{"audit_syslog", "NENGBAN_AUDIT_SYSLOG", "", "log server that gets the chain's heads, udp://host:514 or tcp://host:601", false, optional(isLogServer)},
	{"webhooks_allow", "NENGBAN_WEBHOOKS_ALLOW", "", "inner networks and hosts that webhooks may go to, http too: 10.20.0.0/16,oa.city.example; empty: https to public addresses only", false, isAllowed},
	{"log_level", "NENGBAN_LOG_LEVEL", "info", "debug, info, warn or error", false, oneOf("debug", "info", "warn", "error")},
	{"log_format", "NENGBAN_LOG_FORMAT", "text", "text or json", false, oneOf("text", "json")},
	{"carrier", "NENGBAN_CARRIER", "none", "who carries texts and calls: none, simulator, twilio or gateway", false, oneOf("none", "simulator", "twilio", "gateway")},
	{"carrier_rate", "NENGBAN_CARRIER_RATE", "20", "texts and calls handed to the carrier in a second, by this instance", false, isNumber(0.1, 1000)},
	{"sender", "NENGBAN_SENDER", "", "name that texts and calls begin with, as registered with the carrier, at most 16 characters; empty: the desk's name", false, nil},
	{"notices", "NENGBAN_NOTICES", "accepted,dispatched,extended,completed", "what citizens are told by text while their matter is handled, or none", false, isNotices},
	{"callback_delay", "NENGBAN_CALLBACK_DELAY", "24h", "how long after completion the citizen is asked", false, isDuration},
	{"callback_windows", "NENGBAN_CALLBACK_WINDOWS", "09:00-12:00,14:00-20:00", "hours in which citizens are texted and called", false, isHours},
	{"callback_share", "NENGBAN_CALLBACK_SHARE", "1", "part of the ordinary matters that is asked about, 0 to 1; those that could not be done are asked about all", false, isNumber(0, 1)},
	{"callback_cap", "NENGBAN_CALLBACK_CAP", "4", "surveys that one telephone gets in a month", false, isWhole(1, 100)},
	{"twilio_account_sid", "TWILIO_ACCOUNT_SID", "", "Twilio account", false, nil},
	{"twilio_auth_token", "TWILIO_AUTH_TOKEN", "", "Twilio auth token", true, nil},
	{"twilio_from", "TWILIO_FROM", "", "Twilio number that texts and calls come from, +86…", false, nil},
	{"twilio_messaging_service_sid", "TWILIO_MESSAGING_SERVICE_SID", "", "Twilio Messaging Service, instead of a number for texts", false, nil},
	{"twilio_voices", "TWILIO_VOICES", "", "Twilio's voice for each language, such as zh-CN=Polly.Zhiyu-Neural,en=Polly.Joanna; empty: as chosen in its console", false, optional(isVoices)},
	{"twilio_base_url", "TWILIO_BASE_URL", "", "address of Twilio's API when it is not Twilio's own: a proxy or a stand-in", false, optional(isURL)},
	{"gateway_url", "NENGBAN_GATEWAY_URL", "", "address of the city's own text gateway", false, optional(isURL)},
	{"gateway_secret", "NENGBAN_GATEWAY_SECRET", "", "secret shared with that gateway; while it is changed, the new one and the old one with a comma between", true, nil},
	{"gateway_calls", "NENGBAN_GATEWAY_CALLS", "false", "true when that gateway also places calls", false, oneOf("true", "false")},
}

// config is what was set, and from where.
type config struct {
	values map[string]string
	from   map[string]string // default, file, environment or flag
}

// readConfig merges flags over environment over file over defaults and checks
// everything. The error names every setting that is wrong and says why.
func readConfig(c common, addr string, env []string) (*config, error) {
	out := &config{values: map[string]string{}, from: map[string]string{}}
	fromFile, err := readSettingsFile(c.Config)
	if err != nil {
		return nil, err
	}
	flags := map[string]string{"addr": addr, "data": c.Data}
	vars := environment(env)
	var wrong []error
	for _, s := range settings {
		value, from, err := s.find(flags, vars, fromFile)
		if err == nil && s.check != nil {
			err = s.check(value)
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("setting %s (%s, from the %s): %w", s.key, s.variable, from, err))
		}
		out.values[s.key], out.from[s.key] = value, from
	}
	wrong = append(wrong, out.checkTogether()...)
	if errors.Join(wrong...) == nil {
		_, err := out.policy()
		wrong = append(wrong, err)
	}
	return out, errors.Join(wrong...)
}

// find looks for a setting from the strongest source to the weakest.
func (s setting) find(flags, vars, fromFile map[string]string) (value, from string, err error) {
	if v := flags[s.key]; v != "" {
		return v, "command line", nil
	}
	if v, ok := vars[s.variable]; ok {
		return v, "environment", nil
	}
	if path, ok := vars[s.variable+"_FILE"]; ok {
		body, err := os.ReadFile(path) //nolint:gosec // the administrator names it
		return strings.TrimSpace(string(body)), "file " + path, err
	}
	if v, ok := fromFile[s.key]; ok {
		return v, "settings file", nil
	}
	return s.fallback, "default", nil
}

// checkTogether finds settings that are wrong only beside each other.
func (c *config) checkTogether() []error {
	var wrong []error
	need := func(key, because string) {
		if c.values[key] == "" {
			wrong = append(wrong, fmt.Errorf("setting %s is missing: %s", key, because))
		}
	}
	if c.values["oidc_issuer"] != "" {
		need("oidc_roles", "oidc_issuer is set, and without groups nobody could come in")
		need("public_url", "oidc_issuer is set, and the sign-on must know where to send people back")
	}
	switch c.values["carrier"] {
	case "twilio":
		need("twilio_account_sid", "carrier is twilio")
		need("twilio_auth_token", "carrier is twilio")
		if c.values["twilio_from"] == "" && c.values["twilio_messaging_service_sid"] == "" {
			need("twilio_from", "carrier is twilio and there is no Messaging Service")
		}
	case "gateway":
		need("gateway_url", "carrier is gateway")
		need("gateway_secret", "carrier is gateway")
	}
	return wrong
}

// list is a setting of several words with commas between.
func (c *config) list(key string) []string {
	var out []string
	for part := range strings.SplitSeq(c.values[key], ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// number of a setting that was checked to be one.
func (c *config) number(key string) float64 {
	n, _ := strconv.ParseFloat(c.values[key], 64)
	return n
}

// print writes every setting with its value and source; secrets only as set or not.
func (c *config) print(w io.Writer) {
	for _, s := range settings {
		v := c.values[s.key]
		if s.secret && v != "" {
			v = "(set, hidden)"
		}
		if v == "" {
			v = "-"
		}
		fmt.Fprintf(w, "%-30s %-34s %-16s %s\n", s.key, v, c.from[s.key], s.variable)
		fmt.Fprintf(w, "%-30s   %s\n", "", s.help)
	}
}

func (c *config) str(key string) string { return c.values[key] }

// duration of a setting that was checked to be one.
func (c *config) duration(key string) time.Duration {
	d, _ := time.ParseDuration(c.values[key])
	return d
}

// dsn is the database to open.
func (c *config) dsn(f *folder) string {
	if u := c.values["database_url"]; u != "" {
		return u
	}
	return f.in("nengban.db")
}

func readSettingsFile(path string) (map[string]string, error) {
	out := map[string]string{}
	if path == "" {
		return out, nil
	}
	k := koanf.New(".")
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		return nil, fmt.Errorf("reading the settings file %s: %w", path, err)
	}
	for _, key := range k.Keys() {
		if !slices.ContainsFunc(settings, func(s setting) bool { return s.key == key }) {
			return nil, fmt.Errorf("reading the settings file %s: there is no setting %q; `nengban config` lists them", path, key)
		}
		out[key] = k.String(key)
	}
	return out, nil
}

func environment(env []string) map[string]string {
	out := map[string]string{}
	for _, line := range env {
		if k, v, ok := strings.Cut(line, "="); ok && v != "" {
			out[k] = v
		}
	}
	return out
}

func optional(check func(string) error) func(string) error {
	return func(s string) error {
		if s == "" {
			return nil
		}
		return check(s)
	}
}

func notEmpty(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("it must not be empty")
	}
	return nil
}

func isAddress(s string) error {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return fmt.Errorf("%q is not host:port, such as 127.0.0.1:8345", s)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is not a port", port)
	}
	if host != "" && host != "localhost" && net.ParseIP(host) == nil {
		return fmt.Errorf("%q is not an IP address of this machine", host)
	}
	return nil
}

func isDatabase(s string) error {
	if s == "" || strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://") {
		return nil
	}
	return errors.New("it should begin with postgres://, or be left empty for the embedded database")
}

func isURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is not an address such as https://12345.example.gov.cn", s)
	}
	return nil
}

func isPublicURL(s string) error {
	if err := isURL(s); err != nil {
		return err
	}
	if strings.HasSuffix(s, "/") {
		return errors.New("it should not end with /")
	}
	return nil
}

func isNetworks(s string) error {
	for part := range strings.SplitSeq(s, ",") {
		if _, err := netip.ParsePrefix(strings.TrimSpace(part)); err != nil {
			return fmt.Errorf("%q is not a network such as 10.0.0.0/8", part)
		}
	}
	return nil
}

func isMasterKey(s string) error {
	if len(s) != 64 || strings.Trim(strings.ToLower(s), "0123456789abcdef") != "" {
		return errors.New("it should be 64 hex digits; `openssl rand -hex 32` makes one")
	}
	return nil
}

func isDuration(s string) error {
	if d, err := time.ParseDuration(s); err != nil || d < 0 {
		return fmt.Errorf("%q is not a duration such as 24h or 90m", s)
	}
	return nil
}

func isNumber(least, most float64) func(string) error {
	return func(s string) error {
		if n, err := strconv.ParseFloat(s, 64); err != nil || n < least || n > most {
			return fmt.Errorf("%q is not a number from %v to %v", s, least, most)
		}
		return nil
	}
}

func isWhole(least, most int) func(string) error {
	return func(s string) error {
		if n, err := strconv.Atoi(s); err != nil || n < least || n > most {
			return fmt.Errorf("%q is not a whole number from %d to %d", s, least, most)
		}
		return nil
	}
}

func oneOf(words ...string) func(string) error {
	return func(s string) error {
		if !slices.Contains(words, s) {
			return fmt.Errorf("%q is not one of %s", s, strings.Join(words, ", "))
		}
		return nil
	}
}
