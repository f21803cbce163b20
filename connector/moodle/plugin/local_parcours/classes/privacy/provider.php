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

namespace local_parcours\privacy;

use core_privacy\local\metadata\collection;
use core_privacy\local\request\approved_contextlist;
use core_privacy\local\request\approved_userlist;
use core_privacy\local\request\contextlist;
use core_privacy\local\request\transform;
use core_privacy\local\request\userlist;
use core_privacy\local\request\writer;
use local_parcours\local\figures;

/**
 * What the plugin keeps of people: snapshots of sessions name trainers and participants by e-mail, and people's own hours.
 *
 * A snapshot is the proof of what was planned, for everybody in it: deleting one person's data takes that person's e-mail out of
 * the snapshots and leaves the rest; the revision's fingerprint then no longer tells it from a later one, which is harmless.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class provider implements
    \core_privacy\local\metadata\provider,
    \core_privacy\local\request\core_userlist_provider,
    \core_privacy\local\request\plugin\provider {
    /** What stands for an e-mail that was taken out. */
    private const NOBODY = 'supprime@invalid';

    #[\Override]
    public static function get_metadata(collection $collection): collection {
        own_hours::describe($collection);
        $collection->add_database_table('local_parcours_session', [
            'prints' => 'privacy:metadata:session:prints',
        ], 'privacy:metadata:session');
        return $collection->add_database_table('local_parcours_snapshot', [
            'body' => 'privacy:metadata:snapshot:body',
            'timepublished' => 'privacy:metadata:snapshot:timepublished',
            'usermodified' => 'privacy:metadata:snapshot:usermodified',
        ], 'privacy:metadata:snapshot');
    }

    #[\Override]
    public static function get_contexts_for_userid(int $userid): contextlist {
        $contexts = new contextlist();
        if (own_hours::kept($userid)) {
            $contexts->add_user_context($userid);
        }
        foreach (self::snapshots() as $snapshot) {
            if (self::concerns($snapshot, \core_user::get_user($userid))) {
                $contexts->add_from_sql(
                    'SELECT id FROM {context} WHERE contextlevel = ? AND instanceid = ?',
                    [CONTEXT_COURSE, $snapshot->courseid],
                );
            }
        }
        return $contexts;
    }

    #[\Override]
    public static function get_users_in_context(userlist $userlist): void {
        global $DB;
        $context = $userlist->get_context();
        if ($context instanceof \context_user && own_hours::kept($context->instanceid)) {
            $userlist->add_user($context->instanceid);
        }
        if (!$context instanceof \context_course) {
            return;
        }
        foreach (self::snapshots($context->instanceid) as $snapshot) {
            $userlist->add_user($snapshot->usermodified);
            $emails = self::emails($snapshot->body);
            if ($emails) {
                [$in, $params] = $DB->get_in_or_equal($emails);
                $userlist->add_users($DB->get_fieldset_select('user', 'id', "deleted = 0 AND LOWER(email) $in", $params));
            }
        }
    }

    #[\Override]
    public static function export_user_data(approved_contextlist $contextlist): void {
        $user = $contextlist->get_user();
        foreach ($contextlist->get_contexts() as $context) {
            if ($context instanceof \context_user && $context->instanceid == $user->id) {
                own_hours::export($context);
            }
            if (!$context instanceof \context_course) {
                continue;
            }
            $found = array_filter(self::snapshots($context->instanceid), fn($snapshot) => self::concerns($snapshot, $user));
            $rows = array_map(fn($snapshot) => [
                'code' => $snapshot->code,
                'revision' => (int) $snapshot->revision,
                'timepublished' => transform::datetime($snapshot->timepublished),
                'publishedbyyou' => transform::yesno($snapshot->usermodified == $user->id),
                'namesyou' => transform::yesno(in_array(self::email($user), self::emails($snapshot->body), true)),
            ], array_values($found));
            if ($rows) {
                $path = [get_string('pluginname', 'local_parcours')];
                writer::with_context($context)->export_data($path, (object) ['snapshots' => $rows]);
            }
        }
    }

    #[\Override]
    public static function delete_data_for_all_users_in_context(\context $context): void {
        global $DB;
        if ($context instanceof \context_user) {
            figures::forget($context->instanceid);
        }
        if (!$context instanceof \context_course) {
            return;
        }
        foreach (self::snapshots($context->instanceid) as $snapshot) {
            $DB->delete_records('local_parcours_snapshot', ['id' => $snapshot->id]);
        }
        $DB->set_field('local_parcours_session', 'prints', null, ['courseid' => $context->instanceid]);
    }

    #[\Override]
    public static function delete_data_for_user(approved_contextlist $contextlist): void {
        foreach ($contextlist->get_contexts() as $context) {
            if ($context instanceof \context_course) {
                self::forget($context->instanceid, $contextlist->get_user());
            } else if ($context instanceof \context_user && $context->instanceid == $contextlist->get_user()->id) {
                figures::forget($context->instanceid);
            }
        }
    }

    #[\Override]
    public static function delete_data_for_users(approved_userlist $userlist): void {
        $context = $userlist->get_context();
        if ($context instanceof \context_user && in_array($context->instanceid, $userlist->get_userids())) {
            figures::forget($context->instanceid);
        }
        if (!$context instanceof \context_course) {
            return;
        }
        foreach ($userlist->get_users() as $user) {
            self::forget($context->instanceid, $user);
        }
    }

    /**
     * Takes a person out of a course's snapshots.
     *
     * @param int $courseid
     * @param \stdClass $user
     */
    private static function forget(int $courseid, \stdClass $user): void {
        global $DB;
        // One person's fingerprint cannot be told from another's: all go, and the next publication makes them again.
        $DB->set_field('local_parcours_session', 'prints', null, ['courseid' => $courseid]);
        foreach (self::snapshots($courseid) as $snapshot) {
            if (!self::concerns($snapshot, $user)) {
                continue;
            }
            $quoted = '/(?<=")' . preg_quote(self::email($user), '/') . '(?=")/iu';
            $DB->update_record('local_parcours_snapshot', (object) [
                'id' => $snapshot->id,
                'body' => preg_replace($quoted, self::NOBODY, $snapshot->body),
                'usermodified' => $snapshot->usermodified == $user->id ? 0 : $snapshot->usermodified,
            ]);
        }
    }

    /**
     * Tells whether a snapshot was published by a person or names them.
     *
     * @param \stdClass $snapshot
     * @param \stdClass $user
     * @return bool
     */
    private static function concerns(\stdClass $snapshot, \stdClass $user): bool {
        return $snapshot->usermodified == $user->id || in_array(self::email($user), self::emails($snapshot->body), true);
    }

    /**
     * The e-mails that a snapshot holds, in lower case.
     *
     * @param string $body
     * @return string[]
     */
    private static function emails(string $body): array {
        preg_match_all('/"([^"\\\\\s]+@[^"\\\\\s]+)"/u', $body, $found);
        return array_values(array_unique(array_map(\core_text::strtolower(...), $found[1])));
    }

    /**
     * A person's e-mail, in lower case.
     *
     * @param \stdClass $user
     * @return string
     */
    private static function email(\stdClass $user): string {
        return \core_text::strtolower($user->email);
    }

    /**
     * Snapshots of a course, or of all.
     *
     * @param int|null $courseid
     * @return \stdClass[]
     */
    private static function snapshots(?int $courseid = null): array {
        global $DB;
        $sql = "SELECT n.*, s.code, s.courseid
                  FROM {local_parcours_snapshot} n
                  JOIN {local_parcours_session} s ON s.id = n.sessionid
                 WHERE s.courseid = :courseid OR :every = 1
              ORDER BY s.courseid, n.revision";
        return $DB->get_records_sql($sql, ['courseid' => $courseid ?? 0, 'every' => (int) ($courseid === null)]);
    }
}
