package migrations

import (
	"time"

	"github.com/uptrace/bun"
)

// tickets: the ticket, its timeline, what follows from the timeline and is
// kept for lists, and the outbox. The struct list is long because a ticket is;
// there is no logic in it.
var tickets = func() step {
	type ticket struct {
		bun.BaseModel `bun:"table:tickets"`

		ID            int64     `bun:"id,pk,autoincrement"`
		Number        string    `bun:"number,notnull,unique"`
		Version       int64     `bun:"version,notnull"`
		Channel       string    `bun:"channel,notnull"`
		SourceSystem  string    `bun:"source_system,notnull"`
		ExternalNo    string    `bun:"external_no,notnull"`
		ReceivedAt    time.Time `bun:"received_at,notnull"`
		RegisteredBy  int64     `bun:"registered_by,notnull"`
		Hall          string    `bun:"hall,notnull"`
		QueryCode     []byte    `bun:"query_code,notnull"`
		Caller        []byte    `bun:"caller,notnull"`
		PhoneIndex    string    `bun:"phone_index,notnull"`
		AltPhoneIndex string    `bun:"alt_phone_index,notnull"`
		Confidential  bool      `bun:"confidential,notnull"`
		Anonymous     bool      `bun:"anonymous,notnull"`
		Title         string    `bun:"title,notnull"`
		Content       string    `bun:"content,notnull"`
		ContentSealed []byte    `bun:"content_sealed"`
		Address       string    `bun:"address,notnull"`
		Area          string    `bun:"area,notnull"`
		Intake        string    `bun:"intake,type:text,notnull"`
		Kind          string    `bun:"kind,notnull"`
		Class         string    `bun:"class,notnull"`
		Urgency       string    `bun:"urgency,notnull"`
		Category      string    `bun:"category,notnull"`
		Matter        string    `bun:"matter,notnull"`
		Status        string    `bun:"status,notnull"`
		StatusSince   time.Time `bun:"status_since,notnull"`
		Round         int       `bun:"round,notnull"`
		Lead          string    `bun:"lead,notnull"`
		Outcome       string    `bun:"outcome,notnull"`
		Rating        int       `bun:"rating,notnull"`
		Solved        string    `bun:"solved,notnull"`
		Colour        string    `bun:"colour,notnull"`
		MergedInto    string    `bun:"merged_into,notnull"`
		DueAt         time.Time `bun:"due_at,nullzero"`
		NextDueAt     time.Time `bun:"next_due_at,notnull"` // the year 9999 when nothing runs
		PolicyVersion int       `bun:"policy_version,notnull"`
		Awaited       string    `bun:"awaited,type:text,notnull"`
		NextWarnAt    time.Time `bun:"next_warn_at,nullzero"`
		CompletedAt   time.Time `bun:"completed_at,nullzero"`
		ArchivedAt    time.Time `bun:"archived_at,nullzero"`
		State         string    `bun:"state,type:text,notnull"`
	}
	type entry struct {
		bun.BaseModel `bun:"table:timeline"`

		ID         int64     `bun:"id,pk,autoincrement"`
		TicketID   int64     `bun:"ticket_id,notnull"`
		Seq        int       `bun:"seq,notnull"`
		Act        string    `bun:"act,notnull"`
		At         time.Time `bun:"at,notnull"`
		ByID       int64     `bun:"by_id,notnull"`
		ByName     string    `bun:"by_name,notnull"`
		Role       string    `bun:"role,notnull"`
		Department string    `bun:"department,notnull"`
		FromStatus string    `bun:"from_status,notnull"`
		ToStatus   string    `bun:"to_status,notnull"`
		Round      int       `bun:"round,notnull"`
		Details    string    `bun:"details,type:text,notnull"`
	}
	type assignment struct {
		bun.BaseModel `bun:"table:assignments"`

		TicketID     int64     `bun:"ticket_id,pk,autoincrement:false"`
		Round        int       `bun:"round,pk,autoincrement:false"`
		Department   string    `bun:"department,pk"`
		Role         string    `bun:"role,notnull"`
		Status       string    `bun:"status,notnull"`
		Open         bool      `bun:"open,notnull"` // it is held, and the ticket is not over
		DispatchedAt time.Time `bun:"dispatched_at,notnull"`
		SignedAt     time.Time `bun:"signed_at,nullzero"`
		RepliedAt    time.Time `bun:"replied_at,nullzero"`
	}
	type clock struct {
		bun.BaseModel `bun:"table:clocks"`

		TicketID    int64     `bun:"ticket_id,pk,autoincrement:false"`
		Round       int       `bun:"round,pk,autoincrement:false"`
		Clock       string    `bun:"clock,pk"`
		Unit        string    `bun:"unit,pk"`
		Nth         int       `bun:"nth,pk,autoincrement:false"`
		State       string    `bun:"state,notnull"`
		StartedAt   time.Time `bun:"started_at,notnull"`
		DueAt       time.Time `bun:"due_at,notnull"`
		OriginalDue time.Time `bun:"original_due,notnull"`
		MetAt       time.Time `bun:"met_at,nullzero"`
		BreachedAt  time.Time `bun:"breached_at,nullzero"`
		EndedAt     time.Time `bun:"ended_at,nullzero"`
		Provisional bool      `bun:"provisional,notnull"`
	}
	type order struct {
		bun.BaseModel `bun:"table:supervision_orders"`

		TicketID   int64     `bun:"ticket_id,pk,autoincrement:false"`
		N          int       `bun:"n,pk,autoincrement:false"`
		Colour     string    `bun:"colour,notnull"`
		Department string    `bun:"department,notnull"`
		Reason     string    `bun:"reason,notnull"`
		OpenedAt   time.Time `bun:"opened_at,notnull"`
		OpenedBy   string    `bun:"opened_by,notnull"`
		AnsweredAt time.Time `bun:"answered_at,nullzero"`
		ClosedAt   time.Time `bun:"closed_at,nullzero"`
	}
	type accountability struct {
		bun.BaseModel `bun:"table:accountability_records"`

		TicketID   int64     `bun:"ticket_id,pk,autoincrement:false"`
		N          int       `bun:"n,pk,autoincrement:false"`
		Department string    `bun:"department,notnull"`
		Reason     string    `bun:"reason,notnull"`
		OpenedAt   time.Time `bun:"opened_at,notnull"`
		ClosedAt   time.Time `bun:"closed_at,nullzero"`
		Decision   string    `bun:"decision,notnull"`
	}
	type attachment struct {
		bun.BaseModel `bun:"table:attachments"`

		ID        int64     `bun:"id,pk,autoincrement"`
		TicketID  int64     `bun:"ticket_id,notnull"`
		Name      string    `bun:"name,notnull"`
		MediaType string    `bun:"media_type,notnull"`
		Size      int64     `bun:"size,notnull"`
		SHA256    string    `bun:"sha256,notnull"`
		AddedBy   string    `bun:"added_by,notnull"`
		AddedAt   time.Time `bun:"added_at,notnull"`
	}
	type message struct {
		bun.BaseModel `bun:"table:outbox"`

		ID           int64     `bun:"id,pk,autoincrement"`
		Consumer     string    `bun:"consumer,notnull"`
		TicketID     int64     `bun:"ticket_id,notnull"`
		EntryID      int64     `bun:"entry_id,notnull"`
		Act          string    `bun:"act,notnull"`
		CreatedAt    time.Time `bun:"created_at,notnull"`
		DueAt        time.Time `bun:"due_at,notnull"`
		ClaimedUntil time.Time `bun:"claimed_until,notnull"`
		Attempts     int       `bun:"attempts,notnull"`
		Trouble      string    `bun:"trouble,notnull"`
		DeadAt       time.Time `bun:"dead_at,nullzero"`
	}
	type day struct {
		bun.BaseModel `bun:"table:numbering"`

		Day  string `bun:"day,pk"`
		Last int64  `bun:"last,notnull"`
	}
	type read struct {
		bun.BaseModel `bun:"table:reads"`

		ID        int64     `bun:"id,pk,autoincrement"`
		At        time.Time `bun:"at,notnull"`
		StaffID   int64     `bun:"staff_id,notnull"`
		StaffName string    `bun:"staff_name,notnull"`
		TicketID  int64     `bun:"ticket_id,notnull"`
		What      string    `bun:"what,notnull"`
		Reason    string    `bun:"reason,notnull"`
		From      string    `bun:"from_address,notnull"`
	}
	return create("20261121_04", "tickets",
		table{(*ticket)(nil), []string{
			`CREATE INDEX tickets_received ON tickets (received_at, id)`,
			`CREATE INDEX tickets_status_due ON tickets (status, next_due_at, id)`,
			`CREATE INDEX tickets_lead_due ON tickets (lead, next_due_at, id)`,
			`CREATE INDEX tickets_due ON tickets (next_due_at, id)`,
			`CREATE INDEX tickets_warn ON tickets (next_warn_at) WHERE next_warn_at IS NOT NULL`,
			`CREATE INDEX tickets_phone ON tickets (phone_index, received_at) WHERE phone_index <> ''`,
			`CREATE INDEX tickets_alt_phone ON tickets (alt_phone_index, received_at) WHERE alt_phone_index <> ''`,
			`CREATE INDEX tickets_registered_by ON tickets (registered_by, received_at)`,
			`CREATE UNIQUE INDEX tickets_external ON tickets (source_system, external_no) WHERE external_no <> ''`,
		}},
		table{(*entry)(nil), []string{
			`CREATE UNIQUE INDEX timeline_ticket ON timeline (ticket_id, seq)`,
			`CREATE INDEX timeline_at ON timeline (at)`,
		}},
		table{(*assignment)(nil), []string{
			`CREATE INDEX assignments_department ON assignments (department, status)`,
			`CREATE INDEX assignments_open ON assignments (department, ticket_id) WHERE open`,
		}},
		table{(*clock)(nil), []string{`CREATE INDEX clocks_due ON clocks (due_at) WHERE ended_at IS NULL`}},
		table{(*order)(nil), []string{`CREATE INDEX supervision_orders_open ON supervision_orders (opened_at) WHERE closed_at IS NULL`}},
		table{(*accountability)(nil), nil},
		table{(*attachment)(nil), []string{`CREATE INDEX attachments_ticket ON attachments (ticket_id)`}},
		table{(*message)(nil), []string{`CREATE INDEX outbox_due ON outbox (consumer, due_at) WHERE dead_at IS NULL`}},
		table{(*day)(nil), nil},
		table{(*read)(nil), []string{`CREATE INDEX reads_ticket ON reads (ticket_id, at)`}},
	)
}()
