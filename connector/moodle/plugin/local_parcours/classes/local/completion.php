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

use local_parcours\local\module\base;

/**
 * Completion rules of an activity, and the lock that keeps participants from ticking it.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class completion {
    /** Ticking an activity by hand asks for it. */
    private const TICK = 'moodle/course:togglecompletion';

    /** Those whose completions are followed have it. */
    private const TRACKED = 'moodle/course:isincompletionreports';

    /** @var string[] the document's word for each of Moodle's trackings */
    private const TRACKINGS = ['none', 'manual', 'automatic'];

    /**
     * Reads the rules of an activity back.
     *
     * @param \stdClass|\cm_info $cm
     * @param base $type
     * @param \stdClass $instance the module's record
     * @return array
     */
    public static function observe(\stdClass|\cm_info $cm, base $type, \stdClass $instance): array {
        $none = ['tracking' => 'none', 'view' => false, 'submit' => false, 'passgrade' => false, 'posts' => 0];
        $tracking = ['tracking' => self::TRACKINGS[$cm->completion]];
        $rules = [];
        if ($tracking['tracking'] === 'automatic') {
            $rules = $type->observe_rules($instance) + [
                'view' => (bool) $cm->completionview,
                'passgrade' => $cm->completiongradeitemnumber !== null && $cm->completionpassgrade,
            ];
        }
        $locked = $tracking['tracking'] === 'manual' && self::is_locked($cm->id);
        return array_replace($none, $tracking, $rules, ['locked' => $locked]);
    }

    /**
     * Why the rules of an activity cannot change any more: somebody has completed it.
     *
     * @param \stdClass|\cm_info $cm
     * @return string[] why, by what cannot change
     */
    public static function held(\stdClass|\cm_info $cm): array {
        $info = new \completion_info(get_course($cm->course));
        return $info->count_user_data($cm) ? ['completion' => 'hascompletions'] : [];
    }

    /**
     * Keeps the rules of an activity that somebody has completed: Moodle would wipe and recompute everybody's completion.
     *
     * @param array $wanted
     * @param array $observed
     * @param \stdClass|\cm_info $cm
     * @param int|null $agreed completions that a person has agreed to wipe
     * @return array the completion to write, and whether the rules were kept
     */
    public static function keep(array $wanted, array $observed, \stdClass|\cm_info $cm, ?int $agreed): array {
        $unlocked = fn(array $completion) => array_diff_key($completion, ['locked' => true]);
        if ($unlocked($wanted) === $unlocked($observed)) {
            return [$wanted, false];
        }
        if ($agreed !== null) {
            self::refuse_more($agreed, $cm);
        }
        if ($agreed !== null || !self::held($cm)) {
            return [$wanted, false];
        }
        $locked = $observed['tracking'] === 'manual' && $wanted['locked'];
        return [['locked' => $locked] + $observed, true];
    }

    /**
     * Refuses to wipe more completions than a person has agreed to.
     *
     * @param int $agreed
     * @param \stdClass|\cm_info $cm
     */
    private static function refuse_more(int $agreed, \stdClass|\cm_info $cm): void {
        $completed = (int) (new \completion_info(get_course($cm->course)))->count_user_data($cm);
        if ($completed > $agreed) {
            throw new refusal('stale', '$.unlock', $cm->idnumber);
        }
    }

    /**
     * Completions of a course's activities: what changing their rules would wipe.
     *
     * @param int $courseid
     * @return int[] by course module id
     */
    public static function counts(int $courseid): array {
        global $DB;
        $sql = "SELECT cm.id, COUNT(c.id) AS completions
                  FROM {course_modules} cm
                  JOIN {course_modules_completion} c ON c.coursemoduleid = cm.id AND c.completionstate <> 0
                 WHERE cm.course = ?
              GROUP BY cm.id";
        return array_map('intval', $DB->get_records_sql_menu($sql, [$courseid]));
    }

    /**
     * Writes the rules into an activity's form.
     *
     * @param \stdClass $form
     * @param array $completion
     * @param base $type
     */
    public static function fill(\stdClass $form, array $completion, base $type): void {
        $form->completion = array_search($completion['tracking'], self::TRACKINGS);
        $form->completionview = (int) $completion['view'];
        $form->completionusegrade = (int) $completion['passgrade'];
        $form->completionpassgrade = (int) $completion['passgrade'];
        $form->completiongradeitemnumber = $completion['passgrade'] ? 0 : null;
        $type->fill_rules($form, $completion);
    }

    /**
     * Locks or unlocks an activity for those who are followed; a trainer's override asks for another capability.
     *
     * @param int $cmid
     * @param bool $locked
     */
    public static function lock(int $cmid, bool $locked): void {
        $context = \context_module::instance($cmid);
        foreach (self::tracked_roles($context) as $roleid) {
            if ($locked) {
                assign_capability(self::TICK, CAP_PROHIBIT, $roleid, $context->id, true);
            } else {
                unassign_capability(self::TICK, $roleid, $context->id);
            }
        }
    }

    /**
     * Tells whether no participant can tick an activity.
     *
     * @param int $cmid
     * @return bool
     */
    private static function is_locked(int $cmid): bool {
        global $DB;
        $context = \context_module::instance($cmid);
        $locked = $DB->get_fieldset_select(
            'role_capabilities',
            'roleid',
            'contextid = ? AND capability = ? AND permission = ?',
            [$context->id, self::TICK, CAP_PROHIBIT],
        );
        return !array_diff(self::tracked_roles($context), $locked);
    }

    /**
     * Roles whose holders' completions are followed.
     *
     * @param \context_module $context
     * @return int[]
     */
    private static function tracked_roles(\context_module $context): array {
        return array_keys(get_roles_with_capability(self::TRACKED, CAP_ALLOW, $context));
    }
}
