package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"nengban/knowledge"
	"nengban/tickets"
	"nengban/tickets/evidence"
	"nengban/tickets/staff"
	"nengban/tickets/ticketstest"
)

// secretDesk is a data folder with a ticket, a file and a second factor in it.
func secretDesk(t *testing.T) (data, number, code string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	inDesk(t, data, func(d *desk) {
		r, err := d.tickets.Register(t.Context(), staff.TheSystem, ticketstest.Intake(func(in *tickets.Intake) {
			in.Content = "家住东坡区，电话13800138000，请回电。"
		}))
		if err != nil {
			t.Fatal(err)
		}
		number, code = r.Ticket.Number, r.Code
		_, err = d.tickets.AddAttachment(t.Context(), staff.TheSystem, tickets.Ref{Number: number}, d.files, tickets.Upload{Name: "x.txt", Body: strings.NewReader("王秀兰的收据")})
		if err != nil {
			t.Fatal(err)
		}
		giveForm(t, d)
		if _, err := d.seal(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	return data, number, code
}

// giveForm puts an article with a form into the knowledge base.
func giveForm(t *testing.T, d *desk) {
	t.Helper()
	editor := staff.Member{ID: 6, Name: "李编辑", Roles: []staff.Role{staff.KnowledgeEditor}, Active: true}
	if err := d.knowledge.AddPath(t.Context(), editor, knowledge.Path{Path: "住房"}); err != nil {
		t.Fatal(err)
	}
	a, err := d.knowledge.Create(t.Context(), editor, knowledge.Content{Title: "提取公积金", Kind: knowledge.FAQ, Path: "住房", Body: "带身份证。", Access: knowledge.Public})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.knowledge.Attach(t.Context(), editor, knowledge.Ref{ID: a.ID}, "申请表.txt", strings.NewReader("姓名：______")); err != nil {
		t.Fatal(err)
	}
}

// opens checks that everything sealed in a folder opens.
func opens(t *testing.T, data, number, code string) {
	t.Helper()
	inDesk(t, data, func(d *desk) {
		x, _, err := d.tickets.Look(t.Context(), number, code)
		if err != nil {
			t.Fatal(err)
		}
		clear, err := d.tickets.Unmask(t.Context(), staff.Member{ID: 5, Roles: []staff.Role{staff.Supervisor}}, number, "核对")
		if err != nil || clear.Caller.Name != "王秀兰" || !strings.Contains(clear.Content, "13800138000") {
			t.Errorf("of %s opens %v, %v", x.Number, clear, err)
		}
		_, body, err := d.tickets.Attachment(t.Context(), staff.Member{ID: 5, Roles: []staff.Role{staff.Supervisor}}, number, 1, d.files)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(body); err != nil || b.String() != "王秀兰的收据" {
			t.Errorf("the attachment opens as %q, %v", b.String(), err)
		}
		_, form, err := d.knowledge.Attachment(t.Context(), 1, 1, false)
		if err != nil {
			t.Fatal(err)
		}
		b.Reset()
		if _, err := b.ReadFrom(form); err != nil || b.String() != "姓名：______" {
			t.Errorf("the article's form opens as %q, %v", b.String(), err)
		}
	})
}

func TestAfterARotationEverythingOpensAndNothingWithTheOldKey(t *testing.T) {
	t.Parallel()
	data, number, code := secretDesk(t)
	keyFile := (&folder{path: data}).keyFile()
	old, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	if r := nengban(t, nil, "keys", "rotate", "--data", data); r.code != 0 || !strings.Contains(r.out, "5 values") {
		t.Fatalf("%+v", r)
	}
	opens(t, data, number, code)
	if r := nengban(t, nil, "audit", "verify", "--data", data); r.code != 0 {
		t.Errorf("after the rotation the chain says %+v", r)
	}
	if err := os.WriteFile(keyFile, old, 0o600); err != nil {
		t.Fatal(err)
	}
	inDesk(t, data, func(d *desk) {
		if _, _, err := d.tickets.Look(context.Background(), number, code); err == nil {
			t.Error("with the old key file the ticket still opens")
		}
	})
}

// A column of bytes is sealed and renewed, or known to hold nothing personal.
func TestEveryColumnOfBytesIsRenewedByARotation(t *testing.T) {
	t.Parallel()
	schema, err := os.ReadFile("../../migrations/testdata/schema_sqlite.txt")
	if err != nil {
		t.Fatal(err)
	}
	table := regexp.MustCompile(`CREATE TABLE "?(\w+)"?`)
	column := regexp.MustCompile(`"?(\w+)"? BLOB`)
	seen := 0
	for line := range strings.SplitSeq(string(schema), "\n") {
		of := table.FindStringSubmatch(line)
		if of == nil {
			continue
		}
		for _, c := range column.FindAllStringSubmatch(line, -1) {
			seen++
			renewed := slices.ContainsFunc(sealedColumns, func(x sealedColumn) bool { return x.table == of[1] && x.column == c[1] })
			if !renewed && !slices.Contains(openColumns, of[1]+"."+c[1]) {
				t.Errorf("%s.%s is neither renewed nor known to hold nothing personal", of[1], c[1])
			}
		}
	}
	if seen < len(sealedColumns) {
		t.Errorf("the schema names %d columns of bytes; %d are renewed", seen, len(sealedColumns))
	}
}

func TestABackupIsSealedAndRestoresWhole(t *testing.T) {
	t.Parallel()
	data, number, code := secretDesk(t)
	to := filepath.Join(t.TempDir(), "desk.age")
	inDesk(t, data, func(*desk) { // while the desk is open
		if r := nengbanReading(t, "short\n", nil, "backup", to, "--data", data); r.code == 0 {
			t.Error("a passphrase of five letters is taken")
		}
		if r := nengbanReading(t, "a passphrase of many words\n", nil, "backup", to, "--data", data); r.code != 0 {
			t.Fatalf("%+v", r)
		}
	})
	sealed, err := os.ReadFile(to)
	if err != nil || !bytes.HasPrefix(sealed, []byte("age-encryption.org/v1")) || bytes.Contains(sealed, []byte(number)) {
		t.Errorf("the backup begins %.30q, %v", sealed, err)
	}
	if r := nengbanReading(t, "another passphrase here\n", nil, "restore", to, "--data", filepath.Join(t.TempDir(), "x")); r.code == 0 || !strings.Contains(r.err, "does not open") {
		t.Errorf("with another passphrase: %+v", r)
	}
	if r := nengbanReading(t, "a passphrase of many words\n", nil, "restore", to, "--data", data); r.code == 0 || !strings.Contains(r.err, "not empty") {
		t.Errorf("over a desk that is there: %+v", r)
	}
	into := filepath.Join(t.TempDir(), "restored")
	if r := nengbanReading(t, "a passphrase of many words\n", nil, "restore", to, "--data", into); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	opens(t, into, number, code)
	if r := nengban(t, nil, "audit", "verify", "--data", into); r.code != 0 {
		t.Errorf("of the restored desk the chain says %+v", r)
	}
}

func TestABackupForAPublicKeyOpensWithTheSecretOne(t *testing.T) {
	t.Parallel()
	data, number, code := secretDesk(t)
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	to, secret, into := filepath.Join(dir, "desk.age"), filepath.Join(dir, "secret"), filepath.Join(dir, "restored")
	if err := os.WriteFile(secret, []byte(id.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := nengban(t, nil, "backup", to, "--recipient", id.Recipient().String(), "--data", data); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	if r := nengban(t, nil, "restore", to, "--identity", secret, "--data", into); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	opens(t, into, number, code)
}

func TestAPersonsDataIsHandedOutWithoutStandingOnACommandLine(t *testing.T) {
	t.Parallel()
	data, number, _ := secretDesk(t)
	r := nengbanReading(t, "13800138000\n", nil, "person", "export", "--reason", "本人持身份证到窗口", "--data", data)
	if r.code != 0 || !strings.Contains(r.out, number) || !strings.Contains(r.out, "王秀兰") || !strings.Contains(r.out, `"texts_received"`) {
		t.Errorf("%+v", r)
	}
	r = nengbanReading(t, "13800138000\n", nil, "person", "erase", "--reason", "本人申请", "--data", data)
	if r.code != 0 || !strings.Contains(r.out, number+": kept") {
		t.Errorf("of a ticket that is worked on: %+v", r)
	}
	if r := nengban(t, nil, "person", "erase", "--reason", "x", "--data", data); r.code == 0 {
		t.Error("nobody was named and nothing is said")
	}
	inDesk(t, data, func(d *desk) {
		log, err := evidence.NewLog(d.db, d.clock, d.vault).Recent(t.Context(), "", 0, 10)
		if err != nil || len(log) != 2 || log[0].Act != "person_erased" || log[1].Details != "本人持身份证到窗口" {
			t.Errorf("the security log says %+v, %v", log, err)
		}
	})
}
