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
use local_parcours\local\module\registry;

/**
 * The published activities of a session: where they are, how they are, in which order.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class activities {
    /**
     * Makes the activities' keeper.
     *
     * @param session $session
     * @param sections $sections
     * @param groups $groups
     */
    public function __construct(
        /** @var session the session whose activities they are */
        private readonly session $session,
        /** @var sections its sections */
        private readonly sections $sections,
        /** @var groups its groups */
        private readonly groups $groups,
    ) {
    }

    /**
     * This plugin's records of the activities that exist, in the order of the course.
     *
     * @return \stdClass[] by idnumber
     */
    public function items(): array {
        global $DB;
        $sql = "SELECT a.*
                  FROM {local_parcours_activity} a
                  JOIN {course_modules} cm ON cm.id = a.cmid
                 WHERE a.sessionid = ? AND cm.course = ? AND cm.deletioninprogress = 0";
        $items = $DB->get_records_sql($sql, [$this->session->id(), $this->session->courseid()]);
        $places = array_flip(array_merge(...array_values($this->sequences())));
        usort($items, fn($one, $other) => ($places[$one->cmid] ?? 0) <=> ($places[$other->cmid] ?? 0));
        return array_column($items, null, 'idnumber');
    }

    /**
     * Course module ids of activities.
     *
     * @param \stdClass[] $items this plugin's records, by idnumber
     * @return int[] by idnumber
     */
    public function cmids(array $items): array {
        return array_map(fn($item) => (int) $item->cmid, $items);
    }

    /**
     * Course module ids of each section of the course, in order.
     *
     * @return int[][] by section id
     */
    private function sequences(): array {
        global $DB;
        $rows = $DB->get_records('course_sections', ['course' => $this->session->courseid()], 'section', 'id, sequence');
        return array_map(fn($row) => array_map('intval', array_filter(explode(',', (string) $row->sequence))), $rows);
    }

    /**
     * Describes an activity the way a document does.
     *
     * @param \stdClass $item this plugin's record
     * @param \stdClass $cm course module record, with its modname
     * @param \stdClass $instance the module's record
     * @param availability $translator
     * @return array
     */
    public function describe(\stdClass $item, \stdClass $cm, \stdClass $instance, availability $translator): array {
        $type = registry::find($cm->modname);
        return [
            'idnumber' => $item->idnumber,
            'section' => (string) array_search((int) $cm->section, $this->sections->ids()),
            'module' => $cm->modname,
            'name' => $instance->name,
            'intro' => (string) $instance->intro,
            'files' => files::observe(\context_module::instance($cm->id), "mod_{$cm->modname}", $type->areas($item)),
            'showdescription' => (bool) $cm->showdescription,
            'visible' => $cm->visible && $cm->visibleoncoursepage,
            'completion' => completion::observe($cm, $type, $instance),
            'availability' => $translator->from_moodle($cm->availability),
            'expected' => (int) $cm->completionexpected,
            'settings' => $type->observe($instance, $item),
        ];
    }

    /**
     * Reads the activities back, in the order of the course.
     *
     * @param bool $content whether what a document says is wanted too
     * @return array[]
     */
    public function observe(bool $content): array {
        global $DB;
        $items = $this->items();
        $translator = new availability($this->cmids($items), $this->groups->ids());
        $activities = [];
        foreach ($items as $item) {
            $cm = get_coursemodule_from_id('', $item->cmid, $this->session->courseid(), false, MUST_EXIST);
            if ($cm->idnumber !== $item->idnumber) {
                continue;
            }
            $place = ['idnumber' => $item->idnumber, 'cmid' => (int) $cm->id, 'modname' => $cm->modname];
            if ($content) {
                $instance = $DB->get_record($cm->modname, ['id' => $cm->instance], '*', MUST_EXIST);
                $type = registry::find($cm->modname);
                $place += $this->describe($item, $cm, $instance, $translator) + $type->facts($instance);
                $place['settings'] = (object) $place['settings'];
                $place['held'] = (object) $this->held($cm, $type, $instance);
            }
            $activities[] = $place;
        }
        return $activities;
    }

    /**
     * What publishing would keep as it is because of what learners have done, if it were to change.
     *
     * @param \stdClass $cm
     * @param base $type
     * @param \stdClass $instance the module's record
     * @return string[] why, by what is held, in the words of the result's `kept`
     */
    private function held(\stdClass $cm, base $type, \stdClass $instance): array {
        $held = completion::held($cm);
        foreach ($type->held($instance) as $setting => $why) {
            $held["settings.{$setting}"] = $why;
        }
        return $held;
    }

    /**
     * Puts the named activities in order, section by section.
     *
     * @param string[] $order idnumbers
     * @return bool whether something moved
     */
    public function arrange(array $order): bool {
        $cmids = $this->cmids($this->items());
        $named = [];
        foreach ($order as $index => $idnumber) {
            $named[] = $cmids[$idnumber] ?? throw new refusal('unknownactivity', "\$.order[{$index}]", $idnumber);
        }
        $moved = false;
        foreach ($this->sequences() as $sectionid => $current) {
            $target = ordering::arrange($current, $named);
            if ($target !== $current) {
                require_capability('moodle/course:manageactivities', $this->session->context());
                $this->reorder($sectionid, $current, $target);
                $moved = true;
            }
        }
        return $moved;
    }

    /**
     * Puts the activities of a section in a given order.
     *
     * @param int $sectionid
     * @param int[] $current
     * @param int[] $target the same ids
     */
    private function reorder(int $sectionid, array $current, array $target): void {
        global $DB;
        $section = $DB->get_record('course_sections', ['id' => $sectionid], '*', MUST_EXIST);
        foreach ($target as $place => $cmid) {
            if ($current[$place] !== $cmid) {
                $cm = get_coursemodule_from_id('', $cmid, 0, false, MUST_EXIST);
                moveto_module($cm, $section, $current[$place]);
                $current = array_values(array_diff($current, [$cmid]));
                array_splice($current, $place, 0, [$cmid]);
            }
        }
    }
}
