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

namespace local_parcours\local\module;

use local_parcours\local\document\node;

/**
 * An assignment to hand in, as text or files.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class assign extends base {
    /** Files that a new assignment accepts. */
    private const MAX_FILES = 5;

    #[\Override]
    public function rules(): array {
        return ['view', 'submit'];
    }

    #[\Override]
    public function read_settings(node $node): array {
        $node->object([], ['online_text', 'files', 'due']);
        return [
            'online_text' => $node->get('online_text', false)->boolean(),
            'files' => $node->get('files', false)->boolean(),
            'due' => $node->get('due', 0)->instant(),
        ];
    }

    #[\Override]
    public function observe(\stdClass $instance, \stdClass $item): array {
        global $DB;
        $enabled = $DB->get_records_menu('assign_plugin_config', [
            'assignment' => $instance->id, 'subtype' => 'assignsubmission', 'name' => 'enabled',
        ], '', 'plugin, value');
        return [
            'online_text' => !empty($enabled['onlinetext']),
            'files' => !empty($enabled['file']),
            'due' => (int) $instance->duedate,
        ];
    }

    #[\Override]
    public function observe_rules(\stdClass $instance): array {
        return ['submit' => (bool) $instance->completionsubmit];
    }

    #[\Override]
    public function prepare_new(\stdClass $form): void {
        $form->submissiondrafts = 0;
        $form->requiresubmissionstatement = 0;
        $form->sendnotifications = 0;
        $form->sendlatenotifications = 0;
        $form->cutoffdate = 0;
        $form->gradingduedate = 0;
        $form->allowsubmissionsfromdate = 0;
        $form->grade = 100;
        $form->teamsubmission = 0;
        $form->requireallteammemberssubmit = 0;
        $form->blindmarking = 0;
        $form->markingworkflow = 0;
        $form->markingallocation = 0;
        $form->markinganonymous = 0;
        $form->assignfeedback_comments_enabled = 1;
        $this->prepare_submissions($form, []);
    }

    #[\Override]
    public function prepare_existing(\stdClass $form): void {
        global $CFG;
        require_once($CFG->dirroot . '/mod/assign/locallib.php');
        $assign = new \assign(\context_module::instance($form->coursemodule), null, null);
        $configs = [];
        foreach (array_merge($assign->get_submission_plugins(), $assign->get_feedback_plugins()) as $plugin) {
            $name = $plugin->get_subtype() . '_' . $plugin->get_type();
            $form->{"{$name}_enabled"} = (int) $plugin->is_enabled();
            $configs[$name] = (array) $plugin->get_config();
        }
        $form->assignfeedback_comments_commentinline = $configs['assignfeedback_comments']['commentinline'] ?? 0;
        $this->prepare_submissions($form, $configs);
    }

    /**
     * Gives the form the names that the submission plugins read, from what they have stored.
     *
     * @param \stdClass $form
     * @param array[] $configs stored values, by plugin
     */
    private function prepare_submissions(\stdClass $form, array $configs): void {
        $file = $configs['assignsubmission_file'] ?? [];
        $form->assignsubmission_file_maxfiles = $file['maxfilesubmissions'] ?? self::MAX_FILES;
        $form->assignsubmission_file_maxsizebytes = $file['maxsubmissionsizebytes'] ?? 0;
        $form->assignsubmission_file_filetypes = $file['filetypeslist'] ?? '';
        $text = $configs['assignsubmission_onlinetext'] ?? [];
        $form->assignsubmission_onlinetext_wordlimit = $text['wordlimit'] ?? 0;
        $form->assignsubmission_onlinetext_wordlimit_enabled = $text['wordlimitenabled'] ?? 0;
    }

    #[\Override]
    public function fill(\stdClass $form, array $settings): void {
        $form->assignsubmission_onlinetext_enabled = (int) $settings['online_text'];
        $form->assignsubmission_file_enabled = (int) $settings['files'];
        $form->duedate = $settings['due'];
    }

    #[\Override]
    public function fill_rules(\stdClass $form, array $completion): void {
        $form->completionsubmit = (int) $completion['submit'];
    }
}
