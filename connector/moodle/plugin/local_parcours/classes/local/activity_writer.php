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

use local_parcours\local\document\canonical;
use local_parcours\local\module\base;
use local_parcours\local\module\registry;

/**
 * Creates and updates activities, by Moodle's own add_moduleinfo() and update_moduleinfo().
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class activity_writer {
    /** @var int[] section ids, by the document's key */
    private readonly array $sectionids;

    /** @var int[] group ids, by name */
    private readonly array $groupids;

    /** @var \stdClass[] this plugin's records of the activities, by idnumber */
    private array $items;

    /**
     * Makes a writer, once the session's sections and groups are there.
     *
     * @param session $session
     * @param activities $activities
     * @param sections $sections
     * @param groups $groups
     * @param report $report
     */
    public function __construct(
        /** @var session the session whose activities they are */
        private readonly session $session,
        /** @var activities its activities */
        private readonly activities $activities,
        sections $sections,
        groups $groups,
        /** @var report what is done is told to it */
        private readonly report $report,
        /** @var int[] completions that may be wiped, by idnumber */
        private readonly array $unlock,
        /** @var files the files of the course */
        private readonly files $files,
    ) {
        global $CFG;
        require_once($CFG->dirroot . '/course/modlib.php');
        require_once($CFG->libdir . '/completionlib.php');
        $this->sectionids = $sections->ids();
        $this->groupids = $groups->ids();
        $this->items = $activities->items();
    }

    /**
     * Creates or updates an activity, where it differs.
     *
     * @param array $wanted
     * @param string $path JSON path of the activity
     */
    public function put(array $wanted, string $path): void {
        global $DB;
        ['leave' => $leave, 'replaces' => $replaces] = $wanted;
        unset($wanted['leave'], $wanted['replaces']);
        $type = registry::find($wanted['module']);
        $item = $this->items[$wanted['idnumber']] ?? null;
        if (!$item) {
            $this->require_section($wanted, $path);
            $this->create($wanted, $type, $path);
            $this->report->add($wanted['idnumber'], 'created');
            return;
        }
        $cm = get_coursemodule_from_id('', $item->cmid, $this->session->courseid(), false, MUST_EXIST);
        if ($cm->modname !== $wanted['module'] && $cm->modname === $replaces) {
            $this->replace($item, $cm, $wanted, $type, $path);
            return;
        }
        if ($cm->modname !== $wanted['module']) {
            throw new refusal('modulechanged', "{$path}.module", $cm->modname);
        }
        $instance = $DB->get_record($cm->modname, ['id' => $cm->instance], '*', MUST_EXIST);
        $observed = $this->activities->describe($item, $cm, $instance, $this->translator());
        $wanted = document\left::apply($leave, $wanted, $observed);
        if ($wanted['section'] !== $observed['section']) {
            $this->require_section($wanted, $path);
        }
        $wanted = $this->keep($wanted, $observed, $type, $cm, $instance);
        if (canonical::same($wanted, $observed) && $cm->idnumber === $item->idnumber) {
            $this->report->add($wanted['idnumber'], 'unchanged');
            return;
        }
        $this->update($wanted, $observed, $type, $item, $cm, $path);
        $this->report->add($wanted['idnumber'], 'updated');
    }

    /**
     * Creates an activity in the place of one of another module.
     *
     * @param \stdClass $item record of the one that is there
     * @param \stdClass $cm
     * @param array $wanted
     * @param base $type
     * @param string $path JSON path of the activity
     */
    private function replace(\stdClass $item, \stdClass $cm, array $wanted, base $type, string $path): void {
        $this->require_section($wanted, $path);
        replacement::put_aside($item, $cm, $path);
        $this->items[$item->idnumber] = $item;
        $this->create($wanted, $type, $path);
        replacement::redirect($cm->course, $cm->id, $this->items[$wanted['idnumber']]->cmid);
        $this->report->add($wanted['idnumber'], 'created');
    }

    /**
     * Refuses an activity in a section that is not there.
     *
     * @param array $wanted
     * @param string $path JSON path of the activity
     */
    private function require_section(array $wanted, string $path): void {
        if (!isset($this->sectionids[$wanted['section']])) {
            throw new refusal('unknownsection', "{$path}.section", $wanted['section']);
        }
    }

    /**
     * Replaces what must stay because of what learners have done by what there is.
     *
     * @param array $wanted
     * @param array $observed
     * @param base $type
     * @param \stdClass $cm
     * @param \stdClass $instance
     * @return array
     */
    private function keep(array $wanted, array $observed, base $type, \stdClass $cm, \stdClass $instance): array {
        [$wanted['completion'], $kept] = completion::keep(
            $wanted['completion'],
            $observed['completion'],
            $cm,
            $this->unlock[$wanted['idnumber']] ?? null,
        );
        if ($kept) {
            $this->report->keep($wanted['idnumber'], 'completion', 'hascompletions');
        }
        [$wanted['settings'], $reasons] = $type->keep($wanted['settings'], $observed['settings'], $instance);
        foreach ($reasons as $setting => $why) {
            $this->report->keep($wanted['idnumber'], "settings.{$setting}", $why);
            $wanted['files'] = files::keep($wanted['files'], $observed['files'], $type->area_of($setting));
        }
        return $wanted;
    }

    /**
     * Creates an activity.
     *
     * @param array $wanted
     * @param base $type
     * @param string $path
     */
    private function create(array $wanted, base $type, string $path): void {
        global $DB;
        $course = get_course($this->session->courseid());
        $number = $DB->get_field('course_sections', 'section', ['id' => $this->sectionids[$wanted['section']]], MUST_EXIST);
        require_capability("mod/{$wanted['module']}:addinstance", $this->session->context());
        [$module] = can_add_moduleinfo($course, $wanted['module'], $number);
        if (!$module->visible) {
            throw new refusal('moduledisabled', "{$path}.module", $wanted['module']);
        }
        $form = (object) [
            'modulename' => $wanted['module'],
            'module' => $module->id,
            'section' => $number,
            'visibleoncoursepage' => 1,
            'groupmode' => NOGROUPS,
            'groupingid' => 0,
            'introeditor' => ['itemid' => file_get_unused_draft_itemid()],
        ];
        $type->prepare_new($form);
        $this->fill($form, $wanted, $type, $path);
        completion::fill($form, $wanted['completion'], $type);
        $added = add_moduleinfo($form, $course);
        if ($wanted['completion']['locked']) {
            completion::lock($added->coursemodule, true);
        }
        $row = ['sessionid' => $this->session->id(), 'idnumber' => $wanted['idnumber']];
        $DB->delete_records('local_parcours_activity', $row);
        $item = (object) ($row + ['cmid' => $added->coursemodule]);
        $cm = (object) ['id' => $added->coursemodule, 'course' => $course->id, 'instance' => $added->instance];
        $type->save_content($cm, $wanted['settings'], null, $item, "{$path}.settings");
        $this->put_files($cm->id, $wanted['files'], $type, $item, $path);
        $item->id = $DB->insert_record('local_parcours_activity', $item);
        $this->items[$item->idnumber] = $item;
    }

    /**
     * Updates an activity. Learners' completions stay: the rules are only unlocked when nobody has completed it.
     *
     * @param array $wanted
     * @param array $observed
     * @param base $type
     * @param \stdClass $item
     * @param \stdClass $cm
     * @param string $path
     */
    private function update(array $wanted, array $observed, base $type, \stdClass $item, \stdClass $cm, string $path): void {
        global $DB;
        if ($wanted['section'] !== $observed['section']) {
            require_capability('moodle/course:manageactivities', $this->session->context());
            $section = $DB->get_record('course_sections', ['id' => $this->sectionids[$wanted['section']]], '*', MUST_EXIST);
            moveto_module($cm, $section);
        }
        $cm = get_coursemodule_from_id('', $cm->id, 0, false, MUST_EXIST);
        $course = get_course($cm->course);
        [$cm, $context, , $form] = get_moduleinfo_data($cm, $course);
        if ($wanted['visible'] !== $observed['visible']) {
            require_capability('moodle/course:activityvisibility', $context);
        }
        // Moodle gives pass marks the way its form shows them, and takes them as numbers.
        foreach (preg_grep('/gradepass/', array_keys(get_object_vars($form))) as $name) {
            $form->$name = unformat_float((string) $form->$name);
        }
        $form->visibleoncoursepage = 1;
        $type->prepare_existing($form);
        $this->fill($form, $wanted, $type, $path);
        ['locked' => $locked] = $wanted['completion'];
        if (!canonical::same(['locked' => $locked] + $observed['completion'], $wanted['completion'])) {
            completion::fill($form, $wanted['completion'], $type);
            $form->completionunlocked = 1;
        }
        update_moduleinfo($cm, $form, $course);
        if ($locked !== $observed['completion']['locked']) {
            completion::lock($cm->id, $locked);
        }
        $type->save_content($cm, $wanted['settings'], $observed['settings'], $item, "{$path}.settings");
        $this->put_files($cm->id, $wanted['files'], $type, $item, $path);
        $DB->update_record('local_parcours_activity', $item);
    }

    /**
     * Puts the files of an activity in their areas, once everything that they belong to is there.
     *
     * @param int $cmid
     * @param array[] $wanted
     * @param base $type
     * @param \stdClass $item
     * @param string $path
     */
    private function put_files(int $cmid, array $wanted, base $type, \stdClass $item, string $path): void {
        $context = \context_module::instance($cmid);
        if ($this->files->put($context, "mod_{$type->name()}", $type->areas($item), $wanted, $path)) {
            $type->files_changed($context);
        }
    }

    /**
     * Writes into a form what every activity has, and its settings.
     *
     * @param \stdClass $form
     * @param array $wanted
     * @param base $type
     * @param string $path
     */
    private function fill(\stdClass $form, array $wanted, base $type, string $path): void {
        $form->name = $wanted['name'];
        $form->cmidnumber = $wanted['idnumber'];
        $form->introeditor = ['text' => $wanted['intro'], 'format' => FORMAT_HTML] + $form->introeditor;
        $form->showdescription = (int) $wanted['showdescription'];
        $form->visible = (int) $wanted['visible'];
        $form->completionexpected = $wanted['expected'];
        $form->availabilityconditionsjson = $wanted['availability']['other']
            ?? (string) $this->translator()->to_moodle($wanted['availability'], "{$path}.availability");
        $type->fill($form, $wanted['settings']);
    }

    /**
     * The translator of restrictions, with the activities that are there by now.
     *
     * @return availability
     */
    private function translator(): availability {
        return new availability($this->activities->cmids($this->items), $this->groupids);
    }
}
