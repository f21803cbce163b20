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

use local_parcours\local\document\completions_query;

/**
 * Reads completions of whole courses, oldest change first, page by page: a fixed number of database queries for each.
 *
 * A page ends at a change's second and id, so that changes of one second are never cut. What changes while pages are
 * read comes again later, with its new second.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class completions {
    /** Name and version of the format. */
    private const FORMAT = 'parcours-completions/1';

    /** Capability to observe a session; reading its completions asks for the same. */
    private const CAPABILITY = 'local/parcours:observe';

    /**
     * Makes a reading.
     *
     * @param completions_query $query
     */
    public function __construct(
        /** @var completions_query what is asked for */
        private readonly completions_query $query,
    ) {
    }

    /**
     * Reads one page.
     *
     * @return array
     */
    public function run(): array {
        $now = time();
        $codes = $this->codes();
        $rows = $codes ? $this->rows(array_keys($codes)) : [];
        $page = array_slice($rows, 0, $this->query->limit);
        return [
            'format' => self::FORMAT,
            'now' => $now,
            'courses' => $this->courses($codes, $page),
            'completions' => array_map(self::completion(...), $page),
            'people' => self::people(array_unique(array_column($page, 'userid'))),
            'next' => count($rows) > count($page) ? completions_query::after(end($page)) : null,
        ];
    }

    /**
     * The courses asked for that exist: of the sessions that the caller may observe, then those named by their ids.
     *
     * @return array code of the session, null for a course that the plugin did not publish, by course id
     */
    private function codes(): array {
        $codes = [];
        foreach (session::all() as $session) {
            $codes[$session->courseid()] = $session->code();
        }
        $named = array_fill_keys($this->query->courses, null);
        $asked = $this->query->codes === null ? $codes : array_intersect($codes, $this->query->codes);
        $wanted = $asked + array_intersect_key($codes, $named) + $named;
        $readable = [];
        foreach (self::contexts(array_keys($wanted)) as $id => $context) {
            if ($this->query->codes !== null || array_key_exists($id, $named)) {
                require_capability(self::CAPABILITY, $context);
            }
            if (has_capability(self::CAPABILITY, $context)) {
                $readable[$id] = $wanted[$id];
            }
        }
        return $readable;
    }

    /**
     * Contexts of courses, in one query.
     *
     * @param int[] $ids
     * @return \context_course[] by course id, without courses that do not exist
     */
    private static function contexts(array $ids): array {
        global $DB;
        if (!$ids) {
            return [];
        }
        [$in, $params] = $DB->get_in_or_equal($ids, SQL_PARAMS_NAMED);
        $columns = \context_helper::get_preload_record_columns_sql('ctx');
        $sql = "SELECT ctx.instanceid, $columns FROM {context} ctx WHERE ctx.contextlevel = :level AND ctx.instanceid $in";
        $contexts = [];
        foreach ($DB->get_records_sql($sql, $params + ['level' => CONTEXT_COURSE]) as $record) {
            $id = (int) $record->instanceid;
            \context_helper::preload_from_record($record);
            $contexts[$id] = \context_course::instance($id);
        }
        return $contexts;
    }

    /**
     * Completions of a page, and one more when there is another page.
     *
     * A row that says only that somebody has looked has no instant: nothing was completed.
     *
     * @param int[] $courseids
     * @return \stdClass[]
     */
    private function rows(array $courseids): array {
        global $DB;
        [$in, $params] = $DB->get_in_or_equal($courseids, SQL_PARAMS_NAMED);
        $sql = "SELECT c.id, c.coursemoduleid, c.userid, c.completionstate, c.timemodified, c.overrideby
                  FROM {course_modules_completion} c
                  JOIN {course_modules} cm ON cm.id = c.coursemoduleid
                 WHERE cm.course $in AND cm.deletioninprogress = 0 AND c.timemodified > 0
                   AND (c.timemodified > :since OR (c.timemodified = :same AND c.id > :afterid))
              ORDER BY c.timemodified, c.id";
        $params += ['since' => $this->query->since, 'same' => $this->query->since, 'afterid' => $this->query->afterid];
        return array_values($DB->get_records_sql($sql, $params, 0, $this->query->limit + 1));
    }

    /**
     * Tells one completion.
     *
     * @param \stdClass $row
     * @return array
     */
    private static function completion(\stdClass $row): array {
        return [
            'cmid' => (int) $row->coursemoduleid,
            'userid' => (int) $row->userid,
            'state' => (int) $row->completionstate,
            'timemodified' => (int) $row->timemodified,
            'overrideby' => $row->overrideby === null ? null : (int) $row->overrideby,
        ];
    }

    /**
     * Tells the courses, each with its activities: those of the page, or all of them.
     *
     * @param array $codes
     * @param \stdClass[] $page
     * @return array[]
     */
    private function courses(array $codes, array $page): array {
        $modules = [];
        foreach ($this->modules(array_keys($codes), array_unique(array_column($page, 'coursemoduleid'))) as $module) {
            $modules[$module->course][] = [
                'cmid' => (int) $module->id,
                'idnumber' => (string) $module->idnumber,
                'modname' => $module->name,
                'tracking' => (int) $module->completion,
            ];
        }
        return array_map(
            fn(int $id, ?string $code) => ['id' => $id, 'code' => $code, 'modules' => $modules[$id] ?? []],
            array_keys($codes),
            array_values($codes),
        );
    }

    /**
     * Activities of the courses.
     *
     * @param int[] $courseids
     * @param int[] $cmids those that the page names
     * @return \stdClass[]
     */
    private function modules(array $courseids, array $cmids): array {
        global $DB;
        $ids = $this->query->whole ? $courseids : $cmids;
        if (!$ids) {
            return [];
        }
        [$in, $params] = $DB->get_in_or_equal($ids);
        $column = $this->query->whole ? 'cm.course' : 'cm.id';
        $sql = "SELECT cm.id, cm.course, cm.idnumber, cm.completion, m.name
                  FROM {course_modules} cm
                  JOIN {modules} m ON m.id = cm.module
                 WHERE $column $in AND cm.deletioninprogress = 0
              ORDER BY cm.id";
        return $DB->get_records_sql($sql, $params);
    }

    /**
     * Accounts of people, deleted ones left out.
     *
     * @param int[] $ids
     * @return array[]
     */
    private static function people(array $ids): array {
        global $DB;
        if (!$ids) {
            return [];
        }
        [$in, $params] = $DB->get_in_or_equal($ids);
        $users = $DB->get_records_select('user', "id $in AND deleted = 0", $params, 'id', 'id, username, email');
        return array_map(fn($user) => [
            'id' => (int) $user->id,
            'username' => $user->username,
            'email' => people::key($user->email),
        ], array_values($users));
    }
}
