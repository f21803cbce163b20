<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local;

/**
 * A published session: its record, its course, and what the plugin remembers of its parts.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class session {
    /** @var string[] tables that hold a session's parts */
    private const PARTS = [
        'local_parcours_section', 'local_parcours_activity', 'local_parcours_event', 'local_parcours_snapshot',
    ];

    /**
     * Wraps a record.
     *
     * @param \stdClass $record
     */
    private function __construct(
        /** @var \stdClass record of local_parcours_session */
        private readonly \stdClass $record,
    ) {
    }

    /**
     * The session published under a code, or null.
     *
     * @param string $code
     * @return self|null
     */
    public static function find(string $code): ?self {
        global $DB;
        $record = $DB->get_record('local_parcours_session', ['code' => $code]);
        return $record ? new self($record) : null;
    }

    /**
     * All published sessions, by code.
     *
     * @return self[]
     */
    public static function all(): array {
        global $DB;
        return array_map(fn($record) => new self($record), array_values($DB->get_records('local_parcours_session', null, 'code')));
    }

    /**
     * Remembers that a course holds a session.
     *
     * @param string $code
     * @param int $courseid
     * @return self
     */
    public static function create(string $code, int $courseid): self {
        global $DB;
        $record = (object) [
            'code' => $code, 'courseid' => $courseid, 'rootcategory' => null, 'timecreated' => time(),
            'revision' => 0, 'timepublished' => 0, 'timearchived' => 0, 'prepared' => 0,
            'prints' => null,
        ];
        $record->id = $DB->insert_record('local_parcours_session', $record);
        return new self($record);
    }

    /**
     * Forgets the session that a deleted course held, its snapshots included.
     *
     * @param int $courseid
     */
    public static function forget_course(int $courseid): void {
        global $DB;
        foreach ($DB->get_fieldset_select('local_parcours_session', 'id', 'courseid = ?', [$courseid]) as $sessionid) {
            foreach (self::PARTS as $table) {
                $DB->delete_records($table, ['sessionid' => $sessionid]);
            }
            $DB->delete_records('local_parcours_session', ['id' => $sessionid]);
        }
    }

    /**
     * Id of the record.
     *
     * @return int
     */
    public function id(): int {
        return (int) $this->record->id;
    }

    /**
     * Code of the session.
     *
     * @return string
     */
    public function code(): string {
        return $this->record->code;
    }

    /**
     * Id of the course.
     *
     * @return int
     */
    public function courseid(): int {
        return (int) $this->record->courseid;
    }

    /**
     * Context of the course.
     *
     * @return \context_course
     */
    public function context(): \context_course {
        return \context_course::instance($this->courseid());
    }

    /**
     * idnumber of the outermost category that was published, or null.
     *
     * @return string|null
     */
    public function root_category(): ?string {
        return $this->record->rootcategory;
    }

    /**
     * Remembers the outermost category.
     *
     * @param string $idnumber
     */
    public function set_root_category(string $idnumber): void {
        global $DB;
        if ($this->record->rootcategory !== $idnumber) {
            $this->record->rootcategory = $idnumber;
            $DB->set_field('local_parcours_session', 'rootcategory', $idnumber, ['id' => $this->record->id]);
        }
    }

    /**
     * Which publication the session is at, and where it is in its life.
     *
     * @return array
     */
    public function stage(): array {
        return [
            'revision' => (int) $this->record->revision,
            'published_at' => (int) $this->record->timepublished,
            'archived_at' => (int) $this->record->timearchived,
            'prepared' => (bool) $this->record->prepared,
        ];
    }

    /**
     * The last publication, and what it left for the next one.
     *
     * @return array
     */
    public function publication(): array {
        return $this->stage() + [
            'prints' => $this->record->prints === null ? null : json_decode($this->record->prints),
        ];
    }

    /**
     * Remembers that a document was published.
     *
     * @param document\publication $document
     * @return int number of the publication
     */
    public function published(document\publication $document): int {
        global $DB;
        $record = $this->record;
        $record->revision = (int) $record->revision + 1;
        $record->timepublished = time();
        if ($document->prints !== null) {
            $record->prints = document\canonical::encode($document->prints);
        }
        if ($document->archived !== null) {
            $record->timearchived = $document->archived ? (int) $record->timearchived ?: time() : 0;
        }
        if ($document->prepared !== null) {
            $record->prepared = (int) $document->prepared;
        }
        $DB->update_record('local_parcours_session', $record);
        return $record->revision;
    }

    /**
     * When the session was last published, as a date that any program reads.
     *
     * @return string
     */
    public function published_at(): string {
        return date(DATE_ATOM, (int) $this->record->timepublished);
    }
}
